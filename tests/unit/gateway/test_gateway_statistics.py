"""Figures through the API, as files, and on the pages: what was asked is asked, small groups stay hidden."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from gateway_services import ID, example

from gateway import figures
from gateway.pages.statistics import BAR_WIDTH, bar_of
from services.chassis.errors import Forbidden, Invalid
from services.contracts.gradebook import progress, statistics
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.statistics import (
    VALUES,
    Dimension,
    Measure,
    ReadStatistics,
    Statistics,
    StatisticsRow,
)
from services.contracts.identity import FindUnits, GrantV1, LogIn, Me, ReadMe, Role, Tokens, Units, UnitV1
from services.contracts.signing.certificates import CertificateCounts, CountCertificates

UNIT_YEAR = f"/v1/years/2025/units/{ID}"
IN_YEAR = {"school_year": 2025, "unit_id": ID}
COMMUNE = UUID("01890000-0000-7000-8000-000000000002")
TERM_2 = {"term": 2, "class_id": ID, "subject": "TOAN"}
ASKED = [
    ("progress?term=1&grade=6", progress.ReadProgress(**IN_YEAR, term=1, grade=6)),
    (f"progress?term=2&class_id={ID}&subject=TOAN", progress.ReadProgress(**IN_YEAR, **TERM_2)),
    ("progress/weeks?term=1", progress.ComparePlan(**IN_YEAR, term=1)),
    ("progress/missing?period=YEAR", progress.FindMissing(**IN_YEAR, period=Period.YEAR)),
    ("progress/schools?term=2", progress.ReadUnitProgress(**IN_YEAR, term=2)),
    (
        "statistics?period=YEAR&measure=LEVEL&by=GRADE&by=GENDER&on=2025-06-30&grade=",
        ReadStatistics(
            **IN_YEAR, period=Period.YEAR, measure=Measure.LEVEL, by=(Dimension.GRADE, Dimension.GENDER),
            on=date(2025, 6, 30),
        ),
    ),
    ("readiness", statistics.ReadReadiness(**IN_YEAR)),
    ("warnings", statistics.ReadWarnings(**IN_YEAR)),
]  # fmt: skip


def row(*counts, **keys):
    told = {"unit_id": None, "stage": None, "grade": None, "gender": None, "ethnicity": None, "subject": None} | keys
    shares = tuple(f"{100 * count / sum(counts):.1f}" for count in counts)
    return StatisticsRow(**told, pupils=sum(counts), counts=counts, shares=shares, is_hidden=False)


def hidden(**keys):
    return replace(row(1, **keys), pupils=None, counts=(), shares=(), is_hidden=True)


@pytest.fixture
def found():
    """The levels of a commune's two groups, one of them too small to be shown."""
    return Statistics(
        measure=Measure.LEVEL,
        values=VALUES[Measure.LEVEL],
        rows=(row(6, 2, 1, 1, 0, ethnicity="=Kinh"), hidden(ethnicity="Tày")),
        total=row(6, 3, 1, 2, 0),
        on=date(2025, 7, 1),
        as_of=datetime(2025, 6, 1, 1, 2, tzinfo=UTC),
    )


@pytest.fixture
def officer(client, services, found):
    """An officer of a commune who has logged in on the pages."""
    services.tell(LogIn, Tokens(access_token="A", refresh_token="R", expires_in=300, person_id=ID))
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/login").text)[1]
    client.post("/login", data={"username": "an", "password": "x", "form_token": token})
    grants = (example(GrantV1, role=Role.OFFICER, unit_id=ID, unit_name="Phường Ví Dụ"),)
    services.tell(ReadMe, Me(person_id=ID, name="Lê An", grants=grants))
    services.tell(ReadStatistics, found)
    services.calls.clear()
    return client


@pytest.mark.parametrize(("path", "request_"), ASKED)
def test_figures_are_asked_for_by_path_and_query_string(client, services, teacher, path, request_):
    answer = client.get(f"{UNIT_YEAR}/{path}", headers=teacher)

    assert answer.status_code == 200
    assert services.asked == [request_]


def test_what_an_address_gets_wrong_is_named(client, services, teacher):
    answer = client.get(f"{UNIT_YEAR}/progress?term=first", headers=teacher)

    assert answer.status_code == 400
    assert answer.json["errors"][0]["pointer"].endswith("term")
    assert services.asked == []


def test_a_plan_and_recounts_are_commands(client, services, teacher):
    planned = {"grade": 6, "subject": "TOAN", "key": "gk", "due_on": "2025-11-08"}

    plan = client.put(f"{UNIT_YEAR}/progress/plan", json={"term": 1, "columns": [planned]}, headers=teacher)
    anew = [client.post(f"{UNIT_YEAR}/{what}/rebuild", headers=teacher) for what in ("statistics", "readiness")]

    column = progress.PlannedColumn(grade=6, subject="TOAN", key="gk", due_on=date(2025, 11, 8))
    assert [one.status_code for one in (plan, *anew)] == [200, 202, 202]
    assert services.asked == [
        progress.PlanColumns(**IN_YEAR, term=1, columns=(column,)),
        statistics.RebuildStatistics(**IN_YEAR),
        statistics.RebuildReadiness(**IN_YEAR),
    ]


def test_who_can_sign_is_asked_of_signing(client, services, teacher):
    client.get(f"/v1/units/{ID}/certificates", headers=teacher)

    assert services.asked == [CountCertificates(unit_id=ID)]


def test_a_csv_file_has_a_line_for_each_group_and_the_total_and_no_formula(client, services, teacher, found):
    services.tell(ReadStatistics, found)

    answer = client.get(f"{UNIT_YEAR}/statistics.csv?period=YEAR&measure=LEVEL&by=ETHNICITY", headers=teacher)

    lines = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert answer.mimetype == "text/csv"
    assert "filename=thong-ke-2025-year-level.csv" in answer.headers["Content-Disposition"]
    assert lines[0][:4] == ["Dân tộc", "Số học sinh", "Tốt", "Khá"]
    assert lines[1] == ["'=Kinh", "10", "6", "2", "1", "1", "0", "60,0", "20,0", "10,0", "10,0", "0,0"]
    assert lines[2][:3] == ["Tày", "dưới 5", ""]
    assert lines[3][:3] == ["Tổng", "12", "6"]


def test_a_workbook_has_the_same_cells_and_no_formula(client, services, teacher, found):
    services.tell(ReadStatistics, found)
    path = f"{UNIT_YEAR}/statistics.xlsx?period=YEAR&measure=LEVEL&by=ETHNICITY"

    first, second = (client.get(path, headers=teacher).get_data() for _ in range(2))

    with zipfile.ZipFile(io.BytesIO(first)) as book:
        sheet, texts = (book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "sharedStrings"))
    assert "<f>" not in sheet
    assert "=Kinh" in texts
    assert "<v>10</v>" in sheet
    assert first == second


def test_a_file_names_units_as_they_were_on_the_day(client, services, teacher, found):
    services.tell(ReadStatistics, replace(found, rows=(row(1, 0, 0, 0, 0, unit_id=COMMUNE),)))
    services.tell(FindUnits, Units(units=(example(UnitV1, id=COMMUNE, name="Xã Cũ"),)))

    answer = client.get(f"{UNIT_YEAR}/statistics.csv?period=YEAR&measure=LEVEL&by=UNIT", headers=teacher)

    assert '"Xã Cũ","1"' in answer.get_data(as_text=True)
    assert services.asked[-1] == FindUnits(unit_ids=(COMMUNE,), on=date(2025, 7, 1))


def test_from_home_it_is_one_click_to_figures_and_one_more_to_a_file(officer):
    home, page = officer.get("/"), officer.get("/statistics")

    assert 'href="/statistics"' in home.text
    assert 'href="/statistics.csv?' in page.text
    assert 'href="/statistics.xlsx?' in page.text


def test_the_page_asks_what_its_form_chooses_and_shows_it_with_its_lag(officer, services):
    choice = f"unit={COMMUNE}&year=2024&period=TERM_1&measure=CONDUCT&by=ETHNICITY&by=GRADE&on=2025-06-30"

    page = officer.get(f"/statistics?{choice}")

    wanted = ReadStatistics(
        school_year=2024, unit_id=COMMUNE, period=Period.TERM_1, measure=Measure.CONDUCT,
        by=(Dimension.ETHNICITY, Dimension.GRADE), on=date(2025, 6, 30),
    )  # fmt: skip
    assert wanted in services.asked
    for part in ("01/06/2025 08:02", "60,0 %", "chỉ trường xem được", "Kết quả rèn luyện", "học kỳ 1"):
        assert part in page.text


def test_another_language_keeps_the_whole_choice(officer):
    text = officer.get("/statistics?by=ETHNICITY&by=GRADE&lang=vi").text

    assert 'hreflang="en" href="?by=ETHNICITY&amp;by=GRADE&amp;lang=en"' in text


def test_the_page_can_be_read_without_its_pictures(officer):
    text = officer.get("/statistics?by=ETHNICITY").text

    labels = set(re.findall(r'<label for="(\w+)"', text))
    assert (
        labels == {"unit", "year", "period", "measure", "on"} == set(re.findall(r'<(?:select|input) id="(\w+)"', text))
    )
    assert "<caption>" in text
    assert text.count('<th scope="row"') == 3
    assert re.findall(r'<svg class="bar-chart" role="img" aria-label="([^"]+)"', text) == ["=Kinh", "Tổng"]
    assert 'style="' not in text  # the pages' policy lets no style into the page itself


def test_a_name_or_word_that_looks_like_markup_is_shown_as_it_is(officer, services, found):
    services.tell(ReadStatistics, replace(found, rows=(row(9, 0, 0, 0, 0, ethnicity="<script>"),)))

    assert "<script>" not in officer.get("/statistics?by=ETHNICITY").text


def test_a_unit_below_leads_to_its_own_page_with_the_same_choice(officer, services, found):
    services.tell(ReadStatistics, replace(found, rows=(row(9, 0, 0, 0, 0, unit_id=COMMUNE),)))
    services.tell(FindUnits, Units(units=(example(UnitV1, id=COMMUNE, name="Trường A"),)))

    text = officer.get("/statistics?by=UNIT&measure=CONDUCT").text

    link = re.search(r'<a href="([^"]+)">Trường A</a>', text)[1]
    assert f"unit={COMMUNE}" in link
    assert "measure=CONDUCT" in link


def test_a_choice_that_is_refused_leaves_the_page_and_says_why(officer, services):
    services.tell(ReadStatistics, Invalid(reason="thử"))

    page = officer.get("/statistics?measure=SUBJECT")

    assert page.status_code == 200
    assert 'role="alert"' in page.text


def test_who_has_no_such_role_is_told_so_and_gets_no_file(officer, services):
    services.tell(ReadMe, Me(person_id=ID, name="Lê An", grants=(example(GrantV1, role=Role.STAFF),)))

    assert "không có vai trò đó" in officer.get("/statistics").text
    assert officer.get("/statistics.csv").status_code == Forbidden.status
    assert not [one for one in services.asked if isinstance(one, ReadStatistics)]


def test_a_page_without_logging_in_leads_to_the_login(client):
    for path in ("/statistics", "/statistics.csv", "/statistics/readiness"):
        assert client.get(path).location == "/login"


def test_the_readiness_page_joins_what_gradebook_and_signing_tell(officer, services):
    schools = (example(statistics.SchoolReadiness, counted_at=None),)
    board = statistics.Readiness(
        schools_total=4, schools=schools, pupils=8, issued=6, reasons={statistics.WaitingReason.RETEST: 2},
        as_of=datetime(2025, 6, 1, 1, 2, tzinfo=UTC),
    )  # fmt: skip
    services.tell(statistics.ReadReadiness, board)
    services.tell(CountCertificates, CertificateCounts(teachers=3, certified=2))

    text = officer.get(f"/statistics/readiness?unit={ID}&year=2025").text

    for part in (
        "1 / 4",
        "6 / 8",
        "75,0 %",
        "2 / 3",
        "66,7 %",
        "Chờ kiểm tra lại",
        "01/06/2025 08:02",
        "đang được đếm: 1",
    ):
        assert part in re.sub(r"\s+", " ", text)


def test_a_bar_is_as_wide_as_its_shares_and_a_hidden_group_has_none():
    pieces = bar_of(row(5, 0, 3, 2, 0))

    assert [(one.place, one.begins, one.width) for one in pieces] == [(0, 0, 160), (2, 160, 96), (3, 256, 64)]
    assert sum(one.width for one in pieces) == BAR_WIDTH
    assert bar_of(hidden()) == ()


def test_every_value_measure_and_dimension_has_a_name_in_both_languages():
    assert set(figures.VALUES) == {value for values in VALUES.values() for value in values}
    assert set(figures.MEASURES) == set(Measure)
    assert set(figures.DIMENSIONS) == set(Dimension)
    assert set(figures.PERIODS) == set(Period)
