"""Classes of 45 brought from authorisation to ISSUED through the running platform, against their cryptography alone."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from deploy.bench.figures import Figure, percentiles
from deploy.bench.load import core_rate
from deploy.bench.papers import ON_XML, Frozen, drawings, freeze, invent, office
from deploy.demo import issuing, marks_year
from deploy.demo.client import Client, Refusal
from deploy.demo.issuing import PIN, YEAR_PATH
from deploy.demo.marks_year import Year
from deploy.demo.school import FIRST_YEAR
from deploy.demo.stage import Bar
from services.contracts.signing.documents import ON_PAPER
from services.signing import pdf, xml

SIZE = 45
LOOK_SECONDS = 0.05
GIVE_UP_SECONDS = 60
SEAL = "KY_PHAT_HANH"
NOT_YET = "signing.nothing_to_sign"
AIM = "a class of 45 in 5 s"

T = TypeVar("T")


def prepare(year: Year, bar: Bar) -> None:
    """Marks, conduct, results, frozen transcripts and keys: what is there before the first authorisation."""
    marks_year.write_marks(year, bar)
    marks_year.write_conduct(year, bar)
    marks_year.close_windows(year)
    marks_year.lock_results(year, bar)
    issuing.freeze(year, bar)
    issuing.make_keys(year, bar)


def measure(year: Year) -> list[Figure]:
    """Class after class: teachers together, then homeroom teacher, principal and seal, each as soon as they may."""
    issued = [_issue(year, name) for name in year.class_ids]
    papers = [freeze(office().renderer, invent(seed)) for seed in range(1, SIZE + 1)]
    before_seal = [_before_seal(paper) for paper in papers]
    return [
        _figure(
            f"a class of {SIZE} from the seal's authorisation to issued",
            [(one.documents, one.seal_seconds) for one in issued],
            limit=core_rate(_seal, before_seal),
            limit_name="the seal's signatures and codes alone, one core",
        ),
        _figure(
            f"a class of {SIZE} from the first teacher's authorisation to issued",
            [(one.documents, one.seconds) for one in issued],
            limit=core_rate(office().sign, papers),
            limit_name=f"its {ON_XML} + 3 signatures a document alone, one core",
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A class that was issued: seconds since the first authorisation, and since the seal's."""

    documents: int
    seconds: float
    seal_seconds: float


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A transcript that waits for its seal alone."""

    frozen: Frozen
    paper: bytes
    signatures: Mapping[str, bytes]


def _figure(name: str, taken: Sequence[tuple[int, float]], *, limit: float, limit_name: str) -> Figure:
    seconds = [one for _, one in taken]
    p50, p99 = percentiles(seconds)
    return Figure(
        name=name,
        value=sum(documents for documents, _ in taken) / sum(seconds),
        unit="documents/s",
        limit=limit,
        limit_name=limit_name,
        aim=AIM if "seal" in name else "",
        p50_ms=p50,
        p99_ms=p99,
    )


def _issue(year: Year, name: str) -> Issued:
    at, class_id = year.at, year.class_ids[name]
    homeroom = next(one.homeroom_code for one in at.school.classes if one.code == name)
    teachers = {code for (of_class, _), code in at.school.teacher_codes.items() if of_class == name}
    started = time.perf_counter()
    _sign("GVBM", [at.people[code] for code in sorted(teachers)], class_id)
    _sign("GVCN", [at.people[homeroom]], class_id)
    _sign("CBQL", [at.principal], class_id)
    sealed = time.perf_counter()
    _authorise(SEAL, at.clerk, class_id)
    documents = _until(lambda: _all_issued(at.principal, class_id), f"Class {name} issued")
    ended = time.perf_counter()
    return Issued(documents=documents, seconds=ended - started, seal_seconds=ended - sealed)


def _sign(role: str, people: Sequence[Client], class_id: str) -> None:
    """All of them at once, each with a PIN entry of their own."""

    def sign(person: Client) -> None:
        session = _authorise(role, person, class_id)
        _until(lambda: _is_over(person, session), f"{role} signed")

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(sign, people))


def _authorise(role: str, person: Client, class_id: str) -> str:
    """The session's id, as soon as there is something to sign."""
    body = {"school_year": FIRST_YEAR, "class_ids": [class_id], "role": role, "pin": PIN}

    def ask() -> str:
        try:
            return str(person.post("/v1/signing-sessions", body)["id"])
        except Refusal as refusal:
            if refusal.code != NOT_YET:
                raise
            return ""

    return _until(ask, f"Something to sign for {role}")


def _is_over(person: Client, session: str) -> bool:
    """Raises for whatever was refused: a class that is issued in part measures nothing."""
    found = person.get(f"/v1/signing-sessions/{session}")
    if found["refused"]:
        raise RuntimeError(f"Signatures were refused: {found['items'][:3]}")
    return bool(found["state"] != "RUNNING")


def _all_issued(principal: Client, class_id: str) -> int:
    """How many were issued, once none waits any more."""
    states = [one["state"] for one in principal.get(f"{YEAR_PATH}/classes/{class_id}/transcripts")["transcripts"]]
    waiting = sum(state not in ("PARKED", "ISSUED") for state in states)
    return 0 if waiting else states.count("ISSUED")


def _until(look: Callable[[], T], what: str) -> T:
    give_up = time.monotonic() + GIVE_UP_SECONDS
    while not (found := look()):
        if time.monotonic() > give_up:
            raise RuntimeError(f"{what}: not after {GIVE_UP_SECONDS} seconds; see `./hocba dead ls --name bench`.")
        time.sleep(LOOK_SECONDS)
    return found


def _before_seal(frozen: Frozen) -> Unsealed:
    at, paper = datetime.now(UTC), frozen.paper
    for field in ON_PAPER[:-1]:
        paper = pdf.sign(paper, field, office().signer(field), at=at)
    slots = [slot.slot for slot in frozen.data.slots if slot.slot != SEAL]
    return Unsealed(frozen, paper, _on_xml(frozen, slots, at))


def _seal(one: Unsealed) -> None:
    at = datetime.now(UTC)
    pdf.sign(one.paper, SEAL, office().signer(SEAL), at=at, drawings=drawings(SEAL, one.frozen.data))
    xml.splice(one.frozen.document, {**one.signatures, **_on_xml(one.frozen, [SEAL], at)})


def _on_xml(frozen: Frozen, slots: Sequence[str], at: datetime) -> dict[str, bytes]:
    statements = xml.prepare(frozen.document, [(slot, office().signer(slot).credential) for slot in slots], at=at)
    digests = {slot: one.digest_to_sign() for slot, one in statements.items()}
    return {slot: one.signature(office().signer(slot).sign([digests[slot]])[0]) for slot, one in statements.items()}
