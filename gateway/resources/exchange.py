"""Exchange with the national education database: sendings, their records as a file, and its answers."""

import flask

from gateway.backend import HEAVY_SECONDS, admit, ask
from gateway.endpoints import UNIT_YEAR, YEAR, offer, read, reply, resource, send_file, serve
from services.contracts.gradebook.exchange import ExportResults, FindExchange, FindExchanges, RecordAnswers

EXCHANGE = f"{YEAR}/exchanges/<uuid:export_id>"
LINES = "application/x-ndjson"
api = resource("exchange", "Trao đổi với CSDL ngành (exchange with the national database)")

offer(api, "GET", f"{UNIT_YEAR}/exchanges", FindExchanges)
offer(api, "GET", EXCHANGE, FindExchange)
offer(api, "POST", f"{EXCHANGE}/answers", RecordAnswers)


@serve(api, "POST", f"{UNIT_YEAR}/exchanges/<period>", ExportResults, status=201)
def export_results() -> flask.Response:
    caller = admit(ExportResults)
    head = ask(read(ExportResults, {}), caller, timeout=HEAVY_SECONDS)
    return reply(head, 201, location=f"/v1/years/{head.school_year}/exchanges/{head.id}")


@serve(api, "GET", f"{EXCHANGE}/records", FindExchange, content={LINES: {"schema": {"type": "string"}}})
def download_records() -> flask.Response:
    caller = admit(FindExchange)
    head = ask(read(FindExchange, {}), caller).head
    return send_file(head.file, mimetype=LINES, name=f"ketqua-{head.period}-{head.id}.jsonl")
