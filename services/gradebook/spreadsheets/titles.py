"""What the rows above a table state: class, subject, term, school year, and which half of the term."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from services.chassis.workbook import CellProblem, Fault, normalised, problem
from services.contracts.gradebook.results import Period
from services.gradebook.spreadsheets.imported import Half

CONFLICT = Fault(
    code="title_conflict",
    vi="Các dòng tiêu đề nêu hai điều khác nhau; hãy sửa cho thống nhất",
    en="The title rows state two different things; make them agree",
)


class Fact(Enum):
    """Something that a title states; the value is what people call it."""

    CLASS = "Lớp"
    SUBJECT = "Môn học"
    TERM = "Học kỳ"
    YEAR = "Năm học"
    HALF = "Giữa kỳ / cuối kỳ"


A_CLASS = r"[0-9]{1,2} ?[^\W\d_][\w.]*|[0-9]{1,2}[/.][0-9]+"
LABELS = "lớp|khối|học k|hk|năm học|cả năm|giữa|cuối|giáo viên|gv"  # that may follow a subject after a dash
PATTERNS: Mapping[Fact, str] = {  # cells are joined by |, as a label and its value may be two cells
    Fact.CLASS: rf"(?<!\w)lớp(?:\s*:[\s|]*([^|,;()]+?)| ({A_CLASS}))\s*(?=[|,;()]| - |$)",
    Fact.SUBJECT: rf"(?<!\w)môn(?: học)?\s*:[\s|]*([^|]+?)\s*(?=\|| [-–] (?:{LABELS})|$)",
    Fact.TERM: r"(?:học k[ỳì]\s*:?[\s|]*|(?<!\w)hk ?|(?<!\w)(?=cả năm))(cả năm|ii?|[12])(?!\w)",
    Fact.YEAR: r"năm học\s*:?[\s|]*([0-9]{4}-[0-9]{4})",
    Fact.HALF: r"(?<!\w)(giữa|cuối)(?: học)? k[ỳì]",
}
TERMS = {"1": Period.TERM_1, "i": Period.TERM_1, "2": Period.TERM_2, "ii": Period.TERM_2, "cả năm": Period.YEAR}
HALVES = {"giữa": Half.MIDTERM, "cuối": Half.FINAL}
CLASS_SHEET = re.compile(rf"(?:lớp )?({A_CLASS})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What a title states; None where it says nothing."""

    class_name: str | None
    subject: str | None
    term: Period | None
    school_year: str | None
    half: Half | None


def stated(texts: Sequence[str], fact: Fact) -> list[str]:
    """Every answer that the texts give, as written, each once."""
    title = re.sub(r"(?<=[0-9]) ?[-–] ?(?=[0-9])", "-", "|".join(texts))
    found = re.finditer(PATTERNS[fact], title, re.IGNORECASE)
    answers: dict[str, str] = {}
    for match in found:
        answer = next(group for group in match.groups() if group)
        answers.setdefault(normalised(answer), answer)
    return list(answers.values())


def title_of(texts: Sequence[str]) -> Title:
    """What the texts state; where they disagree, as ``conflicts`` tells, nothing."""
    term, half = _only(texts, Fact.TERM), _only(texts, Fact.HALF)
    return Title(
        class_name=_only(texts, Fact.CLASS),
        subject=_only(texts, Fact.SUBJECT),
        term=TERMS[normalised(term)] if term else None,
        school_year=_only(texts, Fact.YEAR),
        half=HALVES[normalised(half)] if half else None,
    )


def conflicts(sheet: str, texts: Sequence[str], facts: Iterable[Fact] = Fact) -> list[CellProblem]:
    """One problem for each of the facts that the title states in two ways: "Học kỳ 2" is not "Cả năm"."""
    answers = {fact: stated(texts, fact) for fact in facts}
    return [
        problem(CONFLICT, sheet=sheet, value=f"{fact.value}: {', '.join(given)}")
        for fact, given in answers.items()
        if len({TERMS.get(normalised(answer), normalised(answer)) for answer in given}) > 1
    ]


def class_of_sheet(name: str) -> str | None:
    """The class that a sheet is named after: "6A", "Lớp 6A"."""
    match = CLASS_SHEET.fullmatch(name.strip())
    return match[1] if match else None


def _only(texts: Sequence[str], fact: Fact) -> str | None:
    given = stated(texts, fact)
    keys = {TERMS.get(normalised(answer), normalised(answer)) for answer in given}
    return given[0] if len(keys) == 1 else None
