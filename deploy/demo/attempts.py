"""What must be refused: late changes, stale versions, wrong workbooks, forged documents, stolen links."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from deploy.demo.client import Client, Refusal
from deploy.demo.marks_year import Year
from deploy.demo.school import FIRST_YEAR, SUBJECTS
from deploy.demo.workbooks import mark_template


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try, and how the platform answered; `refused` is what we want."""

    what: str
    refused: bool
    answer: str


def while_open(year: Year) -> list[Attempt]:
    """Tries that fail although the window is open."""
    sheet = _by_columns(year)
    teacher = _teacher(year, sheet)
    stranger = next(
        client for client in year.at.people.values() if client is not teacher and client is not year.at.admin
    )
    row = teacher.get(_path(sheet))["rows"][0]
    here, elsewhere = (one.code for one in year.at.school.classes[:2])
    wrong = mark_template(year.at.school, class_code=elsewhere, subject=SUBJECTS[0], term=1)
    first = next(one for one in year.sheets if one["class_name"] == here and one["subject"] == SUBJECTS[0].code)
    return [
        _refused(
            "a column on a stale version", "gradebook.stale_version", lambda: _save(teacher, sheet, row, "9.9", 99)
        ),
        _refused("a mark of 10.5", "gradebook.cells_invalid", lambda: _save(teacher, sheet, row, "10.5", 1)),
        _refused("a mark by another teacher", None, lambda: _save(stranger, sheet, row, "9.0", 1)),
        _refused(
            "another class's workbook",
            "workbook_refused",
            lambda: _teacher(year, first).upload(f"{year.path}/mark-previews", "x.xlsx", wrong, sheet_id=first["id"]),
        ),
        _refused("a request without a token", "unauthenticated", lambda: Client(teacher.base_url).get(_path(sheet))),
    ]


def remembered(path: Path, attempt: Callable[[], list[Attempt]]) -> list[Attempt]:
    """What can be tried on the first run only, while the windows are open; later runs tell what came of it then."""
    if path.exists():
        return [Attempt(**one) for one in json.loads(path.read_text())]
    made = attempt()
    path.write_text(json.dumps([asdict(one) for one in made]))
    return made


def after_closing(year: Year) -> list[Attempt]:
    sheet = _by_columns(year)
    teacher = _teacher(year, sheet)
    row = teacher.get(_path(sheet))["rows"][0]
    version = row["cells"][0]["version"]
    return [_refused("a mark change after closing", None, lambda: _save(teacher, sheet, row, "10.0", version))]


def forgeries(base_url: str, files: list[tuple[Path, Path]]) -> list[Attempt]:
    """A PDF and an XML with changed content, and two pupils' signatures swapped; each is checked by upload."""
    (pdf, xml), (_, other) = files[0], files[1]
    data = bytearray(pdf.read_bytes())
    data[len(data) // 3] ^= 1
    swapped = _with_signatures_of(xml.read_bytes(), other.read_bytes())
    return [
        _checked(base_url, "a PDF with one bit changed", "forged.pdf", bytes(data)),
        _checked(base_url, "an XML with a better mark", "forged.xml", _better(xml.read_bytes())),
        _checked(base_url, "an XML with another pupil's signatures", "swapped.xml", swapped),
    ]


def stolen_link(stranger: Client, link_code: str) -> Attempt:
    """A person of another school who got hold of the link."""
    body = {"link_code": link_code}
    return _refused("a stolen transfer link", "not_found", lambda: stranger.post("/v1/transfers/acceptances", body))


def used_link(receiver: Client, link_code: str) -> Attempt:
    """A second use, with a key of its own: a repeat under the old key would only be told the old answer."""
    key, body = str(uuid4()), {"link_code": link_code}

    def again() -> Any:
        return receiver.request("POST", "/v1/transfers/acceptances", json=body, key=key)

    return _refused("a transfer link used twice", "transfer.link_used", again)


def _refused(what: str, code: str | None, attempt: Callable[[], Any]) -> Attempt:
    """Whether it was refused, and for the reason expected where one is named."""
    try:
        attempt()
    except Refusal as refusal:
        return Attempt(what=what, refused=code in (None, refusal.code) and refusal.is_decided, answer=str(refusal))
    return Attempt(what=what, refused=False, answer="accepted")


def _checked(base_url: str, what: str, name: str, content: bytes) -> Attempt:
    report = Client(base_url).request("POST", "/v1/verifications", files={"file": (name, content)})
    answer = f"{report['verdict']}: {', '.join(report['reasons'])}"
    return Attempt(what=what, refused=report["verdict"] == "BROKEN", answer=answer)


def _save(client: Client, sheet: dict[str, Any], row: dict[str, Any], value: str, version: int) -> Any:
    cell = {"pupil_id": row["pupil_id"], "state": "VALUE", "value": value, "version": version}
    return client.put(f"{_path(sheet)}/columns/{sheet['columns'][0]['id']}", {"cells": [cell]})


def _path(sheet: dict[str, Any]) -> str:
    return f"/v1/years/{FIRST_YEAR}/sheets/{sheet['id']}"


def _by_columns(year: Year) -> dict[str, Any]:
    return year.sheets[2]


def _teacher(year: Year, sheet: dict[str, Any]) -> Client:
    code = next(code for code, person_id in year.at.person_ids.items() if person_id == sheet["teacher_id"])
    return year.at.people[code]


def _better(xml: bytes) -> bytes:
    """The first year average raised to 10.0, nothing else touched."""
    start = xml.index(b"<CA_NAM>") + len(b"<CA_NAM>")
    return xml[:start] + b"10.0" + xml[xml.index(b"</CA_NAM>", start) :]


def _with_signatures_of(xml: bytes, other: bytes) -> bytes:
    mark = b"<DANH_SACH_THONG_TIN_KY>"
    return xml[: xml.index(mark)] + other[other.index(mark) :]
