"""A list of candidates of an exam: the candidate's code (số báo danh) beside the pupil's."""

from dataclasses import dataclass

from services.chassis.workbook import FaultList, Heading, a_text, read_table

CANDIDATE, PUPIL = "Số báo danh", "Mã học sinh"
HEADINGS = (
    Heading(name=CANDIDATE, aliases=("SBD", "SOBAODANH")),
    Heading(name=PUPIL, aliases=("Mã định danh Bộ GD&ĐT", "Mã định danh")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    row: int
    code: str
    pupil_code: str


def read_candidates(data: bytes) -> tuple[CandidateRow, ...]:
    """The rows of the list; WorkbookRefused names each missing or repeated code."""
    table = read_table(data, HEADINGS)
    faults = FaultList(table)
    faults.check({CANDIDATE: a_text, PUPIL: a_text})
    faults.check_unique(CANDIDATE)
    faults.check_unique(PUPIL)
    faults.refuse_if_any()
    return tuple(
        CandidateRow(row=row.number, code=a_text(row[CANDIDATE]), pupil_code=a_text(row[PUPIL])) for row in table.rows
    )
