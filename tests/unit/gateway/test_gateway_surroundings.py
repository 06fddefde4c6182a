"""What every answer carries, what operators see, and what the description of the API promises."""

import re

import pytest
from flask_openapi3.utils import parse_rule
from gateway_services import ID

from services.chassis import trace
from services.contracts.identity import ReadMe

OPEN = {
    "POST /v1/sessions",
    "POST /v1/sessions/refresh",
    "DELETE /v1/sessions",
    "POST /v1/activations",
    "GET /.well-known/jwks.json",
    "GET /.well-known/ledger-keys.json",
    "GET /.well-known/credential-keys.json",
    "GET /.well-known/credential-keys/{key_id}",
    "GET /v1/verifications/{code}",
    "GET /v1/verifications/{code}/revocations",
    "POST /v1/verifications",
    "GET /v1/trust",
    "GET /schemas/hoc_ba.v1.xsd",
    "GET /pki/root.crl",
    "GET /pki/issuing.crl",
    "POST /pki/ocsp",
    "GET /pki/ocsp/{request}",
    "GET /log/checkpoint",
    "GET /log/tile/{path}",
    "GET /v1/log/keys",
    "GET /v1/log/documents/{code}",
    "GET /v1/log/files/{sha256}",
    "GET /v1/log/entries/{entry}",
    "GET /v1/log/consistency",
    "POST /v1/log/cosignatures",
    "POST /v1/signing-agents/proof",
    "POST /v1/signing-agents/work",
    "POST /v1/signing-agents/signatures",
}
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def description(client):
    return client.get("/openapi.json").json


def operations(description):
    return {
        f"{method.upper()} {path}": operation
        for path, item in description["paths"].items()
        for method, operation in item.items()
    }


def test_the_description_is_openapi_3_1_and_names_every_address(gateway, description):
    served = {
        f"{method} {parse_rule(rule.rule)}"
        for rule in gateway.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(("/v1/", "/.well-known/", "/log/", "/pki/", "/schemas/"))
    }

    assert description["openapi"].startswith("3.1")
    assert set(operations(description)) == served


def test_every_address_but_the_open_ones_wants_a_person(client, services, description):
    wanting = {name for name, operation in operations(description).items() if operation.get("security")}

    assert wanting == set(operations(description)) - OPEN
    for name in wanting:
        method, path = name.replace("{school_year}", "2025").replace("{term}", "1").split()
        assert client.open(re.sub(r"{\w+}", str(ID), path), method=method).status_code == 401
    assert services.asked == []


def test_every_shape_that_the_description_refers_to_is_in_it(description):
    referred = set(re.findall(r"'#/components/schemas/(\w+)'", str(description)))

    assert referred <= set(description["components"]["schemas"])


def test_each_operation_has_a_name_of_its_own(description):
    names = [operation["operationId"] for operation in operations(description).values()]

    assert [n for n in names if names.count(n) > 1] == []


def test_a_request_body_is_described_without_what_the_path_says(description):
    operation = operations(description)["PUT /v1/years/{school_year}/sheets/{sheet_id}/columns/{column_id}"]

    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert (list(body["properties"]), body["required"]) == (["cells"], ["cells"])
    assert [parameter["name"] for parameter in operation["parameters"]] == [
        "school_year",
        "sheet_id",
        "column_id",
        "Idempotency-Key",
    ]


@pytest.mark.parametrize("path", ["/v1/me", "/v1/nothing", "/verify", "/docs", "/login"])
def test_browsers_are_told_to_keep_nothing_and_run_nothing_foreign(client, path):
    headers = client.get(path).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "script-src 'unsafe" not in headers["Content-Security-Policy"]


def test_the_public_keys_may_be_kept_for_a_while(client):
    assert client.get("/.well-known/jwks.json").headers["Cache-Control"] == "public, max-age=300"


def test_an_answer_belongs_to_the_trace_that_the_request_came_with(client, teacher):
    response = client.get("/v1/me", headers={**teacher, "traceparent": TRACE})

    assert response.headers["X-Trace-Id"] == "0af7651916cd43dd8448eb211c80319c"


def test_requests_are_counted_by_endpoint_and_status_never_by_address(client, services, teacher):
    client.get("/v1/years/2031/units/9b2f1f0e-0000-4000-8000-000000000000/classes", headers=teacher)
    client.get("/v1/nowhere/9b2f1f0e", headers=teacher)

    counts = client.get("/metrics").text
    assert 'request_duration_seconds_count{endpoint="years.find_classes",status="200"}' in counts
    assert 'request_duration_seconds_count{endpoint="none",status="404"}' in counts
    assert "9b2f1f0e" not in counts


def test_the_gateway_is_ready_while_the_broker_is_connected(client, services):
    assert (client.get("/livez").status_code, client.get("/readyz").status_code) == (200, 200)

    services.is_connected = lambda: False

    assert (client.get("/livez").status_code, client.get("/readyz").status_code) == (200, 503)


def test_the_documentation_runs_no_script_of_its_page(client):
    page = client.get("/docs")

    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        with client.get(address) as found:
            assert found.status_code == 200


def test_the_services_are_asked_under_the_same_trace(client, services, teacher):
    seen = []
    services.answers[ReadMe] = None
    original = services.call
    services.call = lambda request, **how: (seen.append(trace.current()), original(request, **how))[1]

    client.get("/v1/me", headers={**teacher, "traceparent": TRACE})

    assert [traceparent[3:35] for traceparent in seen] == ["0af7651916cd43dd8448eb211c80319c"]
