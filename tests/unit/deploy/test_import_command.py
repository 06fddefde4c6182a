import json
from threading import Thread

import flask
import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from deploy.hocba import cli, options
from deploy.hocba.commands import import_

SCHOOL = "01970000-0000-7000-8000-000000000001"
IMPORT = "01970000-0000-7000-8000-000000000002"
CODE = "7MBY3ETS361DBT0ABCDEFGHJKM"
SHEET = "01970000-0000-7000-8000-000000000003"
PLACE = {"page": "Toán", "row": 7, "column": "E"}
REFUSED = {"code": "bad_value", "vi": "Điểm nhiều nhất là 10", "en": "A mark is at most 10"}
FAULT = {"sheet": "Toán", "row": 7, "column": "E", "value": "11", "reason_en": "A mark is at most 10"}


def preview(*, marks=None, pupils=None):
    """A previewed file with cells or rows that are refused."""
    none = {"refused": []}
    return {"id": IMPORT, "school_year": 2025, "marks": marks or (None if pupils else none), "pupils": pupils}


class Gateway:
    """Answers uploads and what is applied of them as it is told, and remembers them."""

    def __init__(self):
        self.answer = (preview(), 201)
        self.applied = ({"applied": {"marks": 0, "enrolled": 2}}, 200)
        self.seen = []
        self.app = flask.Flask("gateway")
        self.app.post("/v1/sessions")(self.log_in)
        self.app.post(f"/v1/years/2025/imports/{IMPORT}/<kind>")(self.apply)
        self.app.post("/v1/<path:address>")(self.upload)

    def log_in(self):
        right = flask.request.json == {"username": "admin@c2.example.vn", "password": "a long password"}
        if right:
            return {"access_token": "token"}
        return {"code": "identity.wrong_credentials", "detail": "The password is wrong."}, 401

    def upload(self, address):
        file = flask.request.files["file"]
        self.seen.append((address, file.filename, file.read(), flask.request.headers["Authorization"]))
        self.seen += flask.request.form.items()
        return self.answer

    def apply(self, kind):
        self.seen.append((kind, flask.request.json))
        return self.applied


@pytest.fixture
def gateway(monkeypatch):
    gateway = Gateway()
    server = make_server("127.0.0.1", 0, gateway.app)
    monkeypatch.setattr(import_, "gateway_url", lambda _instance: f"http://127.0.0.1:{server.port}")
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield gateway
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def hocba(tmp_path, monkeypatch, gateway):
    monkeypatch.setattr(options, "CHECKOUT", tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("HOCBA_PASSWORD", "a long password")
    (tmp_path / "list.xlsx").write_bytes(b"workbook")
    monkeypatch.chdir(tmp_path)
    return lambda *arguments, **rest: CliRunner().invoke(
        cli.hocba, ("import", *arguments, "--account", "admin@c2.example.vn"), **rest
    )


def test_a_pupil_list_is_previewed_and_applied_at_the_school_and_year_it_is_for(hocba, gateway):
    said = hocba("pupils", "list.xlsx", "--school", SCHOOL, "--year", "2025")

    assert said.output == "enrolled: 2\n"
    assert gateway.seen == [
        (f"years/2025/units/{SCHOOL}/pupil-previews", "list.xlsx", b"workbook", "Bearer token"),
        ("pupils", {}),
    ]


def test_a_file_that_says_nothing_new_is_told_so(hocba, gateway):
    gateway.applied = ({"applied": {"marks": 0, "comments": 0}}, 200)

    said = hocba("marks", "list.xlsx", "--school", SCHOOL, "--year", "2025", "--sheet", SHEET)

    assert said.output == "nothing new\n"
    assert gateway.seen[1:] == [("sheet_id", SHEET), ("marks", {})]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("marks", {"marks": {"refused": [{"place": PLACE, "new": "11", "refused": REFUSED}]}}),
        (
            "pupils",
            {
                "pupils": {
                    "rows": [
                        {"place": PLACE | {"column": None}, "name": "Lê Thị Mơ", "refused": REFUSED},
                        {"place": PLACE, "name": "Lê Thị Mận", "refused": None},
                    ]
                }
            },
        ),
    ],
)
def test_what_a_preview_refuses_is_listed_with_its_places(hocba, gateway, kind, shown):
    gateway.answer = (preview(**shown), 201)
    gateway.applied = ({"code": "gradebook.import_has_refusals", "detail": "1 cells were refused.", "fields": {}}, 409)

    said = hocba(kind, "list.xlsx", "--school", SCHOOL, "--year", "2025")

    assert said.exit_code == 1
    for part in ("1 cells were refused.", "Toán", "7", "A mark is at most 10"):
        assert part in said.output
    assert "Lê Thị Mận" not in said.output


def test_activation_codes_of_new_staff_are_shown_whole_on_a_narrow_screen(hocba, gateway):
    member = {"code": "0190000001", "name": "Lê Thị Mơ", "username": "mo.lt101@c2.example.vn", "role": "staff"}
    gateway.answer = ({"members": [member | {"activation_code": CODE}, member | {"activation_code": None}]}, 200)

    said = hocba("staff", "list.xlsx", "--school", SCHOOL)

    assert CODE in said.output
    assert gateway.seen[0][0] == f"units/{SCHOOL}/staff-imports"


def test_wrong_cells_are_listed_with_their_places(hocba, gateway):
    gateway.answer = ({"detail": "Refused whole.", "fields": {"errors": [FAULT]}}, 400)

    said = hocba("marks", "list.xlsx", "--school", SCHOOL, "--year", "2025")

    assert said.exit_code == 1
    for part in ("Refused whole.", "Toán", "7", "E", "11", "A mark is at most 10"):
        assert part in said.output


def test_programs_get_the_refusal_whole(hocba, gateway):
    gateway.answer = ({"detail": "Refused whole.", "fields": {"errors": [FAULT]}}, 400)

    said = hocba("marks", "list.xlsx", "--school", SCHOOL, "--year", "2025", "--json")

    assert said.exit_code == 1
    assert json.loads(said.output)["fields"]["errors"] == [FAULT]


def test_who_does_not_say_for_which_year_is_asked_to(hocba, gateway):
    said = hocba("pupils", "list.xlsx", "--school", SCHOOL)

    assert said.exit_code == 2
    assert said.output.endswith("To import pupils, say --year.\n")
    assert not gateway.seen


def test_a_wrong_password_is_one_sentence(hocba, gateway, monkeypatch):
    monkeypatch.delenv("HOCBA_PASSWORD")

    said = hocba("staff", "list.xlsx", "--school", SCHOOL, input="a wrong password\n")

    assert said.exit_code == 1
    assert said.output.endswith("Error: The password is wrong.\n")
    assert not gateway.seen
