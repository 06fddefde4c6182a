"""A pupil's move to another school."""

from gateway.endpoints import offer, resource
from services.contracts.transfer import AcceptTransfer, CancelTransfer, OfferTransfer, ReadTransfer

api = resource("transfers", "Chuyển trường (transfers)")

offer(api, "POST", "/v1/transfers", OfferTransfer, status=201, location="/v1/transfers/{answer.transfer.id}")
offer(api, "GET", "/v1/transfers/<uuid:transfer_id>", ReadTransfer)
offer(api, "DELETE", "/v1/transfers/<uuid:transfer_id>", CancelTransfer)
offer(api, "POST", "/v1/transfers/acceptances", AcceptTransfer, status=202, location="/v1/transfers/{answer.id}")
