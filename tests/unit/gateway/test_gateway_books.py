"""Books are asked for by address and come as downloads."""

import pytest
from gateway_services import ID

from services.contracts.gradebook.books import BookFormat, ClassBook, PrintClassBook, PrintedBook, PrintTeacherBook

CLASS_BOOK = f"/v1/years/2025/classes/{ID}/books"
TEACHER_BOOK = f"/v1/years/2025/units/{ID}/teachers/{ID}/book"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def printed(services, files):
    """Gradebook has printed a book."""
    book = PrintedBook(file=files.put(b"a book"), file_name="so-cai-4a-2025-2026.xlsx", content_type=XLSX, digest="d")
    services.tell(PrintClassBook, book)
    services.tell(PrintTeacherBook, book)


@pytest.mark.usefixtures("printed")
@pytest.mark.parametrize(
    ("path", "request_made"),
    [
        (
            f"{CLASS_BOOK}/register.xlsx?term=1",
            PrintClassBook(school_year=2025, class_id=ID, book=ClassBook.REGISTER, format=BookFormat.XLSX, term=1),
        ),
        (
            f"{CLASS_BOOK}/homeroom.pdf",
            PrintClassBook(school_year=2025, class_id=ID, book=ClassBook.HOMEROOM, format=BookFormat.PDF),
        ),
        (
            f"{TEACHER_BOOK}.pdf?term=2",
            PrintTeacherBook(school_year=2025, unit_id=ID, teacher_id=ID, format=BookFormat.PDF, term=2),
        ),
    ],
)
def test_a_book_is_downloaded_under_its_name(client, services, teacher, path, request_made):
    response = client.get(path, headers=teacher)

    assert (response.status_code, response.data, response.mimetype) == (200, b"a book", XLSX)
    assert response.headers["Content-Disposition"] == "attachment; filename=so-cai-4a-2025-2026.xlsx"
    assert services.asked == [request_made]


@pytest.mark.parametrize(
    "path",
    [
        f"{CLASS_BOOK}/register.docx",
        f"{CLASS_BOOK}/cookery.pdf",
        f"{CLASS_BOOK}/register.pdf?term=3",
        f"{CLASS_BOOK}/register.pdf?term=one",
        f"{TEACHER_BOOK}.pdf?term=-1",
    ],
)
def test_a_book_or_term_that_there_is_not_is_refused_before_anybody_is_asked(client, services, teacher, path):
    assert client.get(path, headers=teacher).status_code == 400
    assert services.asked == []


def test_nobody_downloads_a_book_without_logging_in(client):
    assert client.get(f"{CLASS_BOOK}/register.pdf").status_code == 401
