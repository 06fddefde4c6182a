"""The three books put together, and made into a file."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from services.contracts.gradebook.books import BookFormat, ClassBook
from services.gradebook.books import paper, workbook
from services.gradebook.books.homeroom_book import homeroom_tables
from services.gradebook.books.layout import Book, Table
from services.gradebook.books.primary import ledger_tables
from services.gradebook.books.register import register_tables
from services.gradebook.books.rolls import TERMS, pupil_list
from services.gradebook.books.source import Source
from services.gradebook.books.statistics import closing_tables, level_table
from services.gradebook.books.teacher_book import teacher_tables
from services.gradebook.books.totals import Reckoned, reckon
from services.gradebook.books.writing import years
from services.gradebook.domain import SCHOOL_TIME

CONTENT_TYPES = {
    BookFormat.PDF: "application/pdf",
    BookFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WRITERS = {BookFormat.PDF: paper.write, BookFormat.XLSX: workbook.write}
Facts = tuple[tuple[str, str], ...]


def class_book(source: Source, book: ClassBook, *, printed_at: datetime) -> Book:
    """The register or the homeroom teacher's book of the one class in the source."""
    reckoned = reckon(source.classes[0])
    record = reckoned.record
    if book is ClassBook.HOMEROOM:
        title, tables = "Sổ giáo viên chủ nhiệm", homeroom_tables(source, reckoned)
    elif record.is_primary:
        title, tables = "Sổ cái", (pupil_list(source, record), *ledger_tables(source, reckoned))
    else:
        title = "Sổ theo dõi và đánh giá học sinh"
        tables = (pupil_list(source, record), *register_tables(source, reckoned))
    tables = (*tables, *closing_tables(source, [reckoned]), level_table(source, reckoned))
    facts = (("Lớp", record.name), ("Giáo viên chủ nhiệm", source.name_of(record.homeroom_id)))
    return _book(source, title, facts, tables, classes=[reckoned], printed_at=printed_at)


def teacher_book(source: Source, teacher: str, *, printed_at: datetime) -> Book:
    """A subject teacher's book: only the sheets in the source."""
    classes = [reckon(record) for record in source.classes]
    subjects = dict.fromkeys(sheet.name for record in source.classes for sheet in record.sheets)
    taught = ", ".join(record.name for record in source.classes)
    facts = (("Giáo viên", teacher), ("Môn học", ", ".join(subjects)), ("Các lớp", taught))
    tables = (*teacher_tables(source, classes), *closing_tables(source, classes))
    return _book(source, "Sổ giáo viên bộ môn", facts, tables, classes=classes, printed_at=printed_at)


def file_of(book: Book, kind: BookFormat, *, printed_at: datetime) -> bytes:
    """The book's file; the same book and moment give the same bytes. Raises paper.LetterMissing."""
    return WRITERS[kind](book, printed_at=printed_at)


def file_name(book: Book, kind: BookFormat) -> str:
    """The book's title and first fact in plain letters, such as so-giao-vien-chu-nhiem-6a-2025-2026.pdf."""
    words = f"{book.title} {book.facts[0][1]} {dict(book.facts)[YEAR]}".replace("Đ", "D").replace("đ", "d")
    plain = unicodedata.normalize("NFD", words.replace("–", " ")).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(letter if letter.isalnum() else " " for letter in plain).split()) + f".{kind}"


YEAR, TIME = "Năm học", "Thời gian"


def _book(
    source: Source,
    title: str,
    facts: Facts,
    tables: Sequence[Table],
    *,
    classes: Sequence[Reckoned],
    printed_at: datetime,
) -> Book:
    moment = f"{printed_at.astimezone(SCHOOL_TIME):%H:%M ngày %d/%m/%Y}"
    digest = source.digest()
    term = TERMS[source.term] if source.term else "Cả năm"
    return Book(
        title=title,
        department=source.school.department,
        school=source.school.name,
        place=", ".join(filter(None, (source.school.commune, source.school.province))),
        facts=(*facts, (YEAR, years(source.school_year)), (TIME, term)),
        tables=tuple(tables),
        counts=_counts(source, classes),
        imprint=f"In từ học bạ số lúc {moment}. Mã băm dữ liệu (SHA-256): {digest}",
        digest=digest,
        running=f"{title} – {facts[0][1]} – {years(source.school_year)} – in {moment} – dữ liệu {digest[:16]}",
    )


def _counts(source: Source, classes: Sequence[Reckoned]) -> str:
    """The book in one line: what a second book of the same data must say alike."""
    totals = [reckoned.total for reckoned in classes]
    sheets = [sheet for total in totals for sheet in total.sheets if sheet.term in source.terms]
    left = sum(total.left for total in totals)
    gone = f" (ngoài ra {left} em đã chuyển đi hoặc thôi học)" if left else ""
    return (
        f"Số lớp: {len(totals)}. Số học sinh: {sum(total.pupils for total in totals)}, "
        f"nữ: {sum(total.girls for total in totals)}{gone}. "
        f"Số bảng điểm: {len(sheets)}. Số lần đánh giá đã ghi: {sum(sheet.marks for sheet in sheets)}."
    )
