"""The main job of the demonstration, end to end, through the gateway with each person's own account."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from deploy.demo import attempts, checking, issuing, marks_year
from deploy.demo.attempts import Attempt
from deploy.demo.client import Client
from deploy.demo.exam_marks import finals_from_exam_csv
from deploy.demo.marks_year import Year
from deploy.demo.people_at_school import Entrance, SchoolAccounts, found_school
from deploy.demo.school import FIRST_YEAR, School, invent_schools
from deploy.demo.stage import StageFailedError, Stages, wait_until
from deploy.demo.workbooks import staff_list, write_workbooks
from deploy.local import platform
from deploy.local.instance import Instance

OPERATOR = "so.minhhoa@example.vn"
DEPARTMENT, PROVINCE = "Sở Giáo dục và Đào tạo Minh Họa", "Tỉnh Minh Họa"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the demonstration came to: the report's content, and the accounts that a person may try."""

    report: dict[str, Any]
    accounts: Sequence[tuple[str, str]]


def schools(exam_csv: Path | None) -> tuple[School, School]:
    """The school of the demonstration and the one to move to; `exam_csv` lends real final marks."""
    school, second = invent_schools()
    if exam_csv is None:
        return school, second
    return school.with_finals(finals_from_exam_csv(exam_csv, [pupil.code for pupil in school.pupils])), second


def run(instance: Instance, console: Console, school: School, second: School) -> Outcome:
    """Do the main job at the school, or find that it was done; one pupil moves to the second school."""
    stages = Stages(console)
    at, receiving = _set_up(instance, stages, school, second)
    year, tried = _marks(stages, at, instance.home / "workbooks")
    _issue(stages, year)
    files, checked = _files(instance, stages, year, at)
    tried += attempts.forgeries(platform.gateway_url(instance), files)
    tried += _transfer(stages, year, at, receiving)
    _notify(instance, stages, at)
    return Outcome(report=_report(stages, year, checked, tried), accounts=_accounts(at, receiving))


def _set_up(
    instance: Instance, stages: Stages, school: School, second: School
) -> tuple[SchoolAccounts, SchoolAccounts]:
    entrance = Entrance(platform.gateway_url(instance), instance.secret("demo-password"))
    with stages.stage("Schools and accounts", 4) as bar:
        made = json.loads(platform.bootstrap(instance, OPERATOR, DEPARTMENT, PROVINCE))
        operator = entrance.enter(OPERATOR, made["activation_code"])
        founded = [found_school(operator, entrance, made["unit_id"], one) for one in (school, second)]
        bar.advance(2)
        for at in founded:
            imports = f"/v1/units/{at.unit_id}/staff-imports"
            entrance.enter_all(at, at.admin.upload(imports, "CSDL_GiaoVien.xlsx", staff_list(at.school))["members"])
            bar.advance()
    return founded[0], founded[1]


def _marks(stages: Stages, at: SchoolAccounts, workbooks: Path) -> tuple[Year, list[Attempt]]:
    with stages.stage("The school year is set up") as bar:
        workbooks.mkdir(parents=True, exist_ok=True)
        write_workbooks(at.school, workbooks)
        year = _when_granted(lambda: marks_year.open_year(at), bar)
    with stages.stage("Teachers write marks", len(year.sheets)) as bar:
        stages.figures["cells_written"] = marks_year.write_marks(year, bar)
    with stages.stage("Conduct and remarks", len(at.school.classes)) as bar:
        marks_year.write_conduct(year, bar)
    tried = attempts.remembered(workbooks.parent / "attempts.json", lambda: attempts.while_open(year))
    with stages.stage("Windows close, results are locked", len(at.school.classes)) as bar:
        marks_year.close_windows(year)
        tried += attempts.after_closing(year)
        marks_year.lock_results(year, bar)
    return year, tried + attempts.after_closing(year)


def _when_granted(work: Any, bar: Any) -> Any:
    done: list[Any] = []
    issuing.patiently(lambda: done.append(work()), code="forbidden", bar=bar)
    return done[0]


def _issue(stages: Stages, year: Year) -> None:
    with stages.stage("Transcripts are frozen", len(year.at.school.pupils)) as bar:
        issuing.freeze(year, bar)
    with stages.stage("Signers make their keys", len(set(year.at.school.teacher_codes.values()))) as bar:
        issuing.make_keys(year, bar)
    issuing.sign_all(year, stages)
    with stages.stage("Transcripts are issued") as bar:
        issuing.wait_issued(year, bar)


def _files(
    instance: Instance, stages: Stages, year: Year, at: SchoolAccounts
) -> tuple[list[tuple[Path, Path]], checking.Checked]:
    issued = [one for one in issuing.transcripts_of(year) if one["state"] == "ISSUED"]
    with stages.stage("Files are downloaded", len(issued)) as bar:
        files = issuing.download(year, instance.home / "transcripts", bar)
    roots = instance.home / "roots.pem"
    roots.write_text(Client(at.admin.base_url).request("GET", "/v1/trust")["roots_pem"])
    with stages.stage("Other programs check them", 2 * len(files)) as bar:
        checked = checking.check_all(files, roots, instance.home / "outside-checks.json", bar)
    return files, checked


def _transfer(stages: Stages, year: Year, at: SchoolAccounts, receiving: SchoolAccounts) -> list[Attempt]:
    """One pupil with an issued transcript moves; the link is stolen first, and used twice afterwards."""
    with stages.stage("A pupil changes school") as bar:
        issued = [one for one in issuing.transcripts_of(year) if one["state"] == "ISSUED"]
        moving = min(issued, key=lambda one: str(one["pupil_id"]))
        body = {"school_year": FIRST_YEAR, "pupil_id": moving["pupil_id"], "to_unit_id": receiving.unit_id}
        offered = at.admin.post("/v1/transfers", body)
        transfer, link = offered["transfer"]["id"], offered["link_code"]
        stolen = attempts.stolen_link(at.principal, link)
        receiving.admin.post("/v1/transfers/acceptances", {"link_code": link})

        def look() -> tuple[int, int]:
            state = receiving.admin.get(f"/v1/transfers/{transfer}")["state"]
            stages.figures["transfer"] = state
            return int(state in ("COMPLETED", "FAILED")), 1

        wait_until(look, bar, what="The transfer")
        _read_there(at, receiving, moving)
        return [stolen, attempts.used_link(receiving.admin, link)]


def _read_there(at: SchoolAccounts, receiving: SchoolAccounts, transcript: dict[str, Any]) -> None:
    """The receiving school reads the very files that the sending school issued."""
    for kind in ("pdf", "xml"):
        path = f"{issuing.YEAR_PATH}/transcripts/{transcript['id']}/{kind}"
        if receiving.admin.download(path) != at.principal.download(path):
            raise StageFailedError(f"The receiving school reads another {kind.upper()} than was issued.")


def _notify(instance: Instance, stages: Stages, at: SchoolAccounts) -> None:
    """Guardians who agreed are told; the local mailbox keeps what it got."""
    with stages.stage("Guardians are told") as bar:
        counts: dict[str, int] = {}

        def look() -> tuple[int, int]:
            counts.update(at.admin.get(f"/v1/units/{at.unit_id}/deliveries"))
            return counts["sent"], counts["sent"] + counts["pending"]

        wait_until(look, bar, what="Messages sent")
        stages.figures["messages"] = counts | {
            "mails_in_the_mailbox": len(list((instance.home / "mail").glob("*.eml")))
        }


def _report(stages: Stages, year: Year, checked: checking.Checked, tried: Sequence[Attempt]) -> dict[str, Any]:
    found = issuing.transcripts_of(year)
    parked = Counter(one["reason"] for one in found if one["state"] == "PARKED")
    return {
        "pupils": len(year.at.school.pupils),
        "classes": len(year.at.school.classes),
        "marks_written": stages.figures["cells_written"],
        "transcripts_issued": sum(one["state"] == "ISSUED" for one in found),
        "transcripts_parked": sum(parked.values()),
        "parked_reasons": dict(parked),
        "signatures": stages.figures["signatures"],
        "class_sheets": stages.figures["class_sheets"],
        "signatures_refused": len(stages.figures["signatures_refused"]),
        "transfer": stages.figures["transfer"],
        "messages": stages.figures["messages"],
        "outside_checks": {
            program: {"given": checked.given[program], "accepted": checked.accepted[program]}
            for program in sorted(checked.given)
        },
        "files_rejected": checked.rejected,
        "forged_or_forbidden": {"tried": len(tried), "refused": sum(one.refused for one in tried)},
        "attempts": [asdict(one) for one in tried],
        "seconds": stages.seconds,
    }


def _accounts(at: SchoolAccounts, receiving: SchoolAccounts) -> list[tuple[str, str]]:
    teacher = next(iter(at.school.teacher_codes.values()))
    return [
        ("department operator", OPERATOR),
        ("school admin", at.admin.username),
        ("principal", at.principal.username),
        ("clerk with the seal", at.clerk.username),
        ("teacher", at.people[teacher].username),
        ("admin of the second school", receiving.admin.username),
    ]
