"""Every refusal is told in one shape, in the person's language, and tells nothing that it should not."""

import json

import pytest
from gateway_services import ID

from gateway.budgets import Budgets
from gateway.problems import TooManyRequests
from services.chassis.errors import (
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    Unauthenticated,
    Unavailable,
    from_wire,
    to_wire,
)
from services.chassis.idempotency import KeyReused
from services.chassis.rpc_client import NoAnswer
from services.contracts.gradebook.sheets import ReadSheet, SaveColumn
from services.contracts.identity import LogIn, ReadMe

COLUMN = f"/v1/years/2025/sheets/{ID}/columns/{ID}"


class StaleVersion(Refused):
    """Some cells were changed meanwhile."""

    code = "gradebook.stale_version"
    vi = "Có ô đã thay đổi."


def over_the_wire(problem):
    return from_wire(json.loads(json.dumps(to_wire(problem))))


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (Invalid(reason="x"), 400),
        (Unauthenticated(), 401),
        (Forbidden(), 403),
        (NotFound(), 404),
        (Refused(), 409),
        (StaleVersion(cells=[]), 412),
        (KeyReused(), 422),
        (Unavailable(), 503),
        (NoAnswer(service="gradebook"), 503),
    ],
)
def test_a_services_refusal_has_its_familys_status(client, services, teacher, problem, status):
    services.tell(ReadMe, over_the_wire(problem))

    response = client.get("/v1/me", headers=teacher)

    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert response.json["type"] == f"urn:hocba:problem:{problem.code}"
    assert (response.json["status"], response.json["code"]) == (status, problem.code)


def test_stale_cells_come_back_with_both_values(client, services, teacher):
    cells = [{"pupil_id": str(ID), "yours": "7.0", "theirs": "8.0", "version": 4}]
    services.tell(SaveColumn, over_the_wire(StaleVersion(cells=cells)))

    response = client.put(COLUMN, json={"cells": []}, headers=teacher)

    assert (response.status_code, response.json["fields"]) == (412, {"cells": cells})


@pytest.mark.parametrize(
    ("accepted", "detail"),
    [
        (None, "Có ô đã thay đổi."),
        ("vi", "Có ô đã thay đổi."),
        ("en-GB,en;q=0.8", "Some cells were changed meanwhile."),
        ("fr", "Có ô đã thay đổi."),
    ],
)
def test_a_refusal_is_told_in_vietnamese_unless_english_is_asked_for(client, services, teacher, accepted, detail):
    services.tell(ReadMe, over_the_wire(StaleVersion()))

    response = client.get("/v1/me", headers=teacher | ({"Accept-Language": accepted} if accepted else {}))

    assert response.json["detail"] == detail


def test_a_write_without_a_key_is_refused_before_anything_is_asked(client, services, teacher):
    del teacher["Idempotency-Key"]

    response = client.put(COLUMN, json={"cells": []}, headers=teacher)

    assert (response.status_code, response.json["code"]) == (400, "gateway.idempotency_key_missing")
    assert services.asked == []


@pytest.mark.parametrize("authorization", [None, "", "Basic YTpi", "Bearer", "Bearer  "])
def test_without_a_bearer_token_one_must_log_in(client, services, authorization):
    response = client.get("/v1/me", headers={"Authorization": authorization} if authorization is not None else {})

    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert services.asked == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"cells": 7}, "/cells"),
        ({"cells": [{"pupil_id": str(ID), "state": "VALUE", "value": "7", "version": "1"}]}, "/cells/0/version"),
        ({"cells": [{"pupil_id": "1", "state": "VALUE", "value": "7", "version": 1}]}, "/cells/0/pupil_id"),
        ({"cells": [{"pupil_id": str(ID), "state": "GUESS", "value": "7", "version": 1}]}, "/cells/0/state"),
    ],
)
def test_a_body_that_does_not_fit_says_where(client, services, teacher, body, pointer):
    response = client.put(COLUMN, json=body, headers=teacher)

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json["errors"]] == [pointer]
    assert services.asked == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff"])
def test_a_body_that_is_no_object_is_refused(client, services, teacher, body):
    response = client.put(COLUMN, data=body, headers=teacher)

    assert (response.status_code, response.json["code"]) == (400, "invalid")
    assert services.asked == []


def test_the_body_cannot_speak_for_another_sheet_than_the_address(client, services, teacher):
    client.put(COLUMN, json={"cells": [], "sheet_id": str(ID).replace("1", "2"), "school_year": 1999}, headers=teacher)

    assert services.asked == [SaveColumn(school_year=2025, sheet_id=ID, column_id=ID, cells=())]


def test_an_unknown_address_and_a_wrong_method_are_problems_too(client, teacher):
    unknown, wrong = client.get("/v1/nothing", headers=teacher), client.patch("/v1/units", headers=teacher)

    assert (unknown.status_code, unknown.json["code"]) == (404, "gateway.no_such_address")
    assert (wrong.status_code, wrong.json["code"]) == (405, "gateway.wrong_method")
    assert wrong.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_bug_shows_its_trace_id_and_nothing_else(client, services, teacher):
    services.tell(ReadSheet, ZeroDivisionError("mark of a pupil"))

    response = client.get(f"/v1/years/2025/sheets/{ID}", headers=teacher)

    assert (response.status_code, response.json["code"]) == (500, "internal")
    assert response.json["trace_id"] == response.headers["X-Trace-Id"]
    assert b"mark of a pupil" not in response.data
    assert b"Traceback" not in response.data


def test_a_password_is_not_repeated_in_a_refusal(client):
    response = client.post("/v1/sessions", json={"username": 7, "password": "rất bí mật"})

    assert response.status_code == 400
    assert "bí mật" not in response.text


def test_when_services_are_away_one_is_told_when_to_try_again(client, services, teacher):
    services.tell(ReadMe, Unavailable())

    assert int(client.get("/v1/me", headers=teacher).headers["Retry-After"]) > 0


def test_too_many_logins_from_one_address_have_to_wait(gateway, services):
    client = gateway.test_client()
    attempts = [client.post("/v1/sessions", json={"username": "an", "password": "x"}) for _ in range(61)]
    elsewhere = client.post(
        "/v1/sessions", json={"username": "an", "password": "x"}, environ_base={"REMOTE_ADDR": "10.0.0.9"}
    )

    assert [attempt.status_code for attempt in attempts] == [200] * 60 + [429]
    assert attempts[-1].headers["Retry-After"] == "1"
    assert elsewhere.status_code == 200
    assert services.asked == [LogIn(username="an", password="x")] * 61


def test_a_budget_refills_evenly():
    now = [0.0]
    budgets = Budgets(2, clock=lambda: now[0])
    budgets.spend("a")
    budgets.spend("a")

    with pytest.raises(TooManyRequests) as refusal:
        budgets.spend("a")

    assert refusal.value.fields == {"seconds": 30}
    now[0] = 30.0
    budgets.spend("a")
