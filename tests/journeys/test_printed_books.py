"""Books printed at the door of the platform, from gradebook's marks and identity's names."""

import io

import pytest
import requests
from python_calamine import CalamineWorkbook

from tests.journeys.installation import WAIT_SECONDS
from tests.journeys.school import YEAR


@pytest.fixture
def download(platform, school):
    """A function that downloads a book as the teacher, who is the homeroom teacher as well."""
    sheet = school.sheets[0]
    paths = {
        "teacher": f"units/{school.unit_id}/teachers/{sheet['teacher_id']}/book",
        "homeroom": f"classes/{sheet['class_id']}/books/homeroom",
    }

    def get(book, kind):
        url = f"{platform.url}{YEAR}/{paths[book]}.{kind}"
        return requests.get(url, headers={"Authorization": f"Bearer {school.teacher}"}, timeout=WAIT_SECONDS)

    return get


def test_a_teacher_downloads_the_own_book_and_that_of_the_class_with_every_pupils_name(platform, school, download):
    known = platform.sql("identity", "SELECT name FROM people WHERE id = ANY(%s::uuid[])", school.pupils)

    for book in ("teacher", "homeroom"):
        workbook = download(book, "xlsx")

        rows = CalamineWorkbook.from_filelike(io.BytesIO(workbook.content)).get_sheet_by_index(1).to_python()
        assert [name for (name,) in known if not any(name in row for row in rows)] == []
        assert "attachment" in workbook.headers["Content-Disposition"]


def test_a_book_is_downloaded_on_paper_too(download):
    paper = download("homeroom", "pdf")

    assert (paper.status_code, paper.headers["Content-Type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF")
