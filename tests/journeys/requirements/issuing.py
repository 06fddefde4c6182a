"""From a locked class to issued transcripts: everyone signs with a key of their own."""

from typing import Any

from tests.journeys.installation import until
from tests.journeys.requirements.people import Person, until_done
from tests.journeys.requirements.schools import YEAR, School, SchoolClass

PIN = "246813"
HEARD = "SELECT count(*) FROM document_states WHERE pupil_id = ANY(%s::uuid[]) AND state = 'ISSUED'"


def make_keys(school: School) -> list[Any]:
    """Each signer makes a key under a PIN, the clerk the school's; gives the certificates."""
    signers = (school.teacher, school.homeroom, school.principal)
    made = [signer.post("/v1/keys", {"pin": PIN}) for signer in signers]
    return [*made, school.clerk.post("/v1/keys", {"pin": PIN, "unit_id": school.unit_id})]


def transcripts(room: SchoolClass) -> list[Any]:
    """The newest transcript of each pupil, in the order of the class's list."""
    found = _of_class(room)["transcripts"]
    newest = {one["pupil_id"]: one for one in sorted(found, key=lambda one: one["version"])}
    return [newest[pupil] for pupil in room.pupils if pupil in newest]


def freeze(room: SchoolClass) -> list[Any]:
    """Have the class frozen, and wait until each pupil's transcript is, or is parked."""
    until_done(lambda: room.school.principal.post(f"{room.path}/transcripts"), unless=["transcript.results_not_locked"])
    until(lambda: len(_of_class(room)["transcripts"]) == _of_class(room)["expected"])
    return transcripts(room)


def sign(room: SchoolClass, *, by_subjects: bool = True) -> None:
    """Subject teacher, homeroom teacher, principal and seal, each a session for the whole class; until it is issued.

    In primary no subject teacher signs the transcripts.
    """
    school = room.school
    signers = {
        **({"GVBM": school.teacher} if by_subjects else {}),
        "GVCN": school.homeroom,
        "CBQL": school.principal,
        "KY_PHAT_HANH": school.clerk,
    }
    for role, signer in signers.items():
        assert sign_as(room, role, signer)["refused"] == 0
    until(lambda: {one["state"] for one in transcripts(room)} <= {"ISSUED", "PARKED", "REVOKED"})
    until(lambda: is_heard_of(room))


def sign_as(room: SchoolClass, role: str, signer: Person) -> Any:
    """One session for the whole class, as it stands after it has ended."""
    return ended(signer, open_session(signer, role, room.id))


def open_session(signer: Person, role: str, group_id: str) -> Any:
    """One PIN entry for all that waits in the group: a class, or with a school's own id its digitised copies."""
    body = {"school_year": 2025, "class_ids": [group_id], "role": role, "pin": PIN}
    return until_done(lambda: signer.post("/v1/signing-sessions", body), unless=["signing.nothing_to_sign"])


def ended(signer: Person, opened: Any) -> Any:
    """The session as it stands after it has ended."""
    address = f"/v1/signing-sessions/{opened['id']}"
    until(lambda: signer.get(address)["state"] != "RUNNING")
    return signer.get(address)


def copies_waiting(school: School) -> int:
    """How many digitised copies wait for the principal."""
    found = school.principal.get(f"{YEAR}/signing/waiting")["classes"]
    return sum(one["waiting"] for one in found if one["class_id"] == school.unit_id)


def copy_order(school: School, pupil_id: str, scan: str, **changes: Any) -> dict[str, Any]:
    """What a clerk says of a pupil's paper of primary school, of which `scan` is kept."""
    return {
        "pupil_id": pupil_id,
        "scan": scan,
        "first_year": 2018,
        "last_year": 2022,
        "grades": [1, 2, 3, 4, 5],
        "printed_school": "Trường Tiểu học Bến Giấy A",
        "compared_by": school.clerk.id,
        "compared_at": "2026-05-30T02:00:00Z",
        "condition": "Bìa sờn, các trang còn đủ.",
    } | changes


def digitise(school: School, pupil_id: str, paper: bytes) -> Any:
    """The pupil's paper, scanned by the clerk and compared; nobody has signed the copy."""
    scan = school.clerk.upload(f"{school.path}/evidence", paper, name="hoc-ba.pdf")["file"]
    return school.clerk.post(f"{school.path}/digitised-copies", copy_order(school, pupil_id, scan))


def is_heard_of(room: SchoolClass) -> bool:
    """Whether gradebook knows of each transcript that was issued."""
    issued = [one["pupil_id"] for one in transcripts(room) if one["state"] == "ISSUED"]
    return room.school.department.platform.sql("gradebook", HEARD, issued) == [(len(issued),)]


def xml_of(room: SchoolClass, transcript: Any) -> str:
    return room.school.principal.download(f"{YEAR}/transcripts/{transcript['id']}/xml").decode()


def _of_class(room: SchoolClass) -> Any:
    return room.school.principal.get(f"{room.path}/transcripts")
