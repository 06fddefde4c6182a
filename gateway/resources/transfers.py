"""A pupil's move to another school, and the bundle that goes along."""

import flask

from gateway.backend import admit, ask
from gateway.endpoints import BYTES, offer, read, resource, send_file, serve
from services.chassis.errors import NotFound
from services.contracts.transfer import AcceptTransfer, CancelTransfer, OfferTransfer, ReadTransfer

TRANSFER = "/v1/transfers/<uuid:transfer_id>"
api = resource("transfers", "Chuyển trường (transfers)")

offer(api, "POST", "/v1/transfers", OfferTransfer, status=201, location="/v1/transfers/{answer.transfer.id}")
offer(api, "GET", TRANSFER, ReadTransfer)
offer(api, "DELETE", TRANSFER, CancelTransfer)
offer(api, "POST", "/v1/transfers/acceptances", AcceptTransfer, status=202, location="/v1/transfers/{answer.id}")


@serve(api, "GET", f"{TRANSFER}/bundle.zip", ReadTransfer, content={"application/zip": BYTES})
def read_bundle() -> flask.Response:
    """Transcripts and class sheets as they were sent; NotFound until the link was used."""
    caller = admit(ReadTransfer)
    transfer = ask(read(ReadTransfer, {}), caller)
    if transfer.bundle is None:
        raise NotFound
    return send_file(transfer.bundle, mimetype="application/zip", name=f"chuyen-truong-{transfer.bundle[:16]}.zip")
