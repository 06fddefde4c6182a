"""From a locked class to issued transcripts: everyone signs with a key of their own."""

from typing import Any

from tests.journeys.installation import until
from tests.journeys.requirements.people import Person, until_done
from tests.journeys.requirements.schools import YEAR, School, SchoolClass

PIN = "246813"
HEARD = "SELECT count(*) FROM document_states WHERE pupil_id = ANY(%s::uuid[]) AND state = 'ISSUED'"


def make_keys(school: School) -> None:
    """Each signer makes a key under a PIN; the clerk makes the school's."""
    for signer in (school.teacher, school.homeroom, school.principal):
        signer.post("/v1/keys", {"pin": PIN})
    school.clerk.post("/v1/keys", {"pin": PIN, "unit_id": school.unit_id})


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
        sign_as(room, role, signer)
    until(lambda: {one["state"] for one in transcripts(room)} <= {"ISSUED", "PARKED", "REVOKED"})
    until(lambda: is_heard_of(room))


def sign_as(room: SchoolClass, role: str, signer: Person) -> None:
    """One session for the whole class, until it has ended."""
    body = {"school_year": 2025, "class_ids": [room.id], "role": role, "pin": PIN}
    opened = until_done(lambda: signer.post("/v1/signing-sessions", body), unless=["signing.nothing_to_sign"])
    until(lambda: signer.get(f"/v1/signing-sessions/{opened['id']}")["state"] != "RUNNING")


def is_heard_of(room: SchoolClass) -> bool:
    """Whether gradebook knows of each transcript that was issued."""
    issued = [one["pupil_id"] for one in transcripts(room) if one["state"] == "ISSUED"]
    return room.school.department.platform.sql("gradebook", HEARD, issued) == [(len(issued),)]


def xml_of(room: SchoolClass, transcript: Any) -> str:
    return room.school.principal.download(f"{YEAR}/transcripts/{transcript['id']}/xml").decode()


def _of_class(room: SchoolClass) -> Any:
    return room.school.principal.get(f"{room.path}/transcripts")
