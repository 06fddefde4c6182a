"""From locked results to issued transcripts: freezing, keys, signatures in their order, files on disk."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deploy.demo.client import Client, Refusal
from deploy.demo.marks_year import Year
from deploy.demo.school import FIRST_YEAR
from deploy.demo.stage import Bar, Stages, each, wait_until

PIN = "246813"
YEAR_PATH = f"/v1/years/{FIRST_YEAR}"


def freeze(year: Year, bar: Bar) -> None:
    """The principal has every class frozen, and waits until each pupil has a transcript, frozen or parked."""

    def locked_is_known(class_id: str) -> None:
        year.at.principal.post(f"{YEAR_PATH}/classes/{class_id}/transcripts", {})

    for class_id in year.class_ids.values():
        patiently(lambda class_id=class_id: locked_is_known(class_id), code="transcript.results_not_locked", bar=bar)
    wait_until(lambda: _frozen(year), bar, what="Transcripts frozen")


def transcripts_of(year: Year) -> list[dict[str, Any]]:
    """Every transcript of the school, class by class."""
    return [one for class_id in year.class_ids.values() for one in _of_class(year, class_id)["transcripts"]]


def make_keys(year: Year, bar: Bar) -> None:
    """Each signer makes a key of their own under a PIN; the clerk makes the school's."""
    signers = [year.at.people[code] for code in _signer_codes(year)]
    each(lambda signer: signer.post("/v1/keys", {"pin": PIN}), signers, bar)
    year.at.clerk.post("/v1/keys", {"pin": PIN, "unit_id": year.at.unit_id})


def sign_all(year: Year, stages: Stages) -> None:
    """Subject teachers, then homeroom teachers, then the principal, then the seal: one PIN entry a person and role."""
    teachers: dict[str, list[str]] = {}
    for (class_code, _), code in year.at.school.teacher_codes.items():
        classes = teachers.setdefault(code, [])
        if year.class_ids[class_code] not in classes:
            classes.append(year.class_ids[class_code])
    homerooms = {one.homeroom_code: [year.class_ids[one.code]] for one in year.at.school.classes}
    everywhere = list(year.class_ids.values())
    _sign(year, stages, "Subject teachers sign", "GVBM", teachers)
    _sign(year, stages, "Homeroom teachers sign", "GVCN", homerooms)
    _sign(year, stages, "The principal signs", "CBQL", {year.at.school.principal_code: everywhere})
    _sign(year, stages, "The school seals", "KY_PHAT_HANH", {year.at.school.clerk_code: everywhere})


def wait_issued(year: Year, bar: Bar) -> None:
    def look() -> tuple[int, int]:
        found = [one for one in transcripts_of(year) if one["state"] != "PARKED"]
        return sum(one["state"] in ("ISSUED", "REVOKED") for one in found), len(found)

    wait_until(look, bar, what="Transcripts issued")


def download(year: Year, folder: Path, bar: Bar) -> list[tuple[Path, Path]]:
    """Every issued transcript as PDF and XML, named by its public code."""
    folder.mkdir(parents=True, exist_ok=True)

    def fetch(one: dict[str, Any]) -> tuple[Path, Path]:
        paths = folder / f"{one['code']}.pdf", folder / f"{one['code']}.xml"
        for path in paths:
            content = year.at.principal.download(f"{YEAR_PATH}/transcripts/{one['id']}/{path.suffix[1:]}")
            path.write_bytes(content)
        return paths

    return each(fetch, [one for one in transcripts_of(year) if one["state"] == "ISSUED"], bar)


def patiently(ask: Any, *, code: str, bar: Bar) -> None:
    """Ask until the news that it depends on has arrived: a refusal of this code means "not yet"."""

    def look() -> tuple[int, int]:
        try:
            ask()
        except Refusal as refusal:
            if refusal.code != code:
                raise
            return 0, 1
        return 1, 1

    wait_until(look, bar, what=f"No longer {code}")


def _of_class(year: Year, class_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = year.at.principal.get(f"{YEAR_PATH}/classes/{class_id}/transcripts")
    return answer


def _frozen(year: Year) -> tuple[int, int]:
    classes = [_of_class(year, class_id) for class_id in year.class_ids.values()]
    if any(one["expected"] <= 0 for one in classes):
        return sum(len(one["transcripts"]) for one in classes), len(year.at.school.pupils)
    return sum(len(one["transcripts"]) for one in classes), sum(one["expected"] for one in classes)


def _signer_codes(year: Year) -> list[str]:
    school = year.at.school
    return sorted(
        {*school.teacher_codes.values(), *(one.homeroom_code for one in school.classes), school.principal_code}
    )


def _sign(year: Year, stages: Stages, name: str, role: str, classes_of: dict[str, list[str]]) -> None:
    with stages.stage(name) as bar:
        ready = [(year.at.people[code], class_ids) for code, class_ids in classes_of.items()]
        sessions = [(client, _open_session(client, role, class_ids, bar)) for client, class_ids in ready]
        wait_until(lambda: _progress(sessions), bar, what=name)
        items = [item for client, one in sessions for item in _session(client, one)["items"]]
        stages.figures.setdefault("signatures_refused", []).extend(item for item in items if not item["signed"])
        signed = [item["slot"].startswith("CLASS_SHEET-") for item in items if item["signed"]]
        stages.figures["class_sheets"] = stages.figures.get("class_sheets", 0) + sum(signed)
        stages.figures["signatures"] = stages.figures.get("signatures", 0) + len(signed) - sum(signed)


def _open_session(client: Client, role: str, class_ids: Sequence[str], bar: Bar) -> str:
    """Signing learns of frozen documents by events: where they are not known yet, ask again."""
    opened: list[str] = []
    body = {"school_year": FIRST_YEAR, "class_ids": list(class_ids), "role": role, "pin": PIN}
    patiently(
        lambda: opened.append(client.post("/v1/signing-sessions", body)["id"]), code="signing.nothing_to_sign", bar=bar
    )
    return opened[0]


def _session(client: Client, session_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/v1/signing-sessions/{session_id}")
    return answer


def _progress(sessions: Sequence[tuple[Client, str]]) -> tuple[int, int]:
    found = [_session(client, session_id) for client, session_id in sessions]
    running = any(one["state"] == "RUNNING" for one in found)
    done = sum(one["signed"] + one["refused"] for one in found)
    total = sum(one["expected"] for one in found)
    return (min(done, total - 1) if running else total), total
