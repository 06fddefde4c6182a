"""What the development authority has revoked, for programs that check certificates: lists (CRL) and answers (OCSP)."""

from base64 import b64decode
from binascii import Error as NotBase64
from urllib.parse import unquote

import flask

from gateway.backend import admit, ask, backend
from gateway.endpoints import Document, resource, serve
from services.chassis.errors import Invalid
from services.contracts.signing.revocation import AnswerOcsp, Issuer, ReadRevocationList

LARGEST_REQUEST = 4_096  # bytes; a question about one certificate takes about 120
BYTES = {"schema": {"type": "string", "format": "binary"}}
QUESTION: Document = {"required": True, "content": {"application/ocsp-request": BYTES}}
LIST, ANSWER = "application/pkix-crl", "application/ocsp-response"
api = resource("pki", "Thu hồi chứng thư phát triển (revocation of development certificates)")


@serve(api, "GET", "/pki/root.crl", ReadRevocationList, content={LIST: BYTES})
def read_root_list() -> flask.Response:
    return _list(Issuer.ROOT)


@serve(api, "GET", "/pki/issuing.crl", ReadRevocationList, content={LIST: BYTES})
def read_issuing_list() -> flask.Response:
    return _list(Issuer.ISSUING)


@serve(api, "POST", "/pki/ocsp", AnswerOcsp, body=QUESTION, content={ANSWER: BYTES})
def answer_ocsp() -> flask.Response:
    flask.request.max_content_length = LARGEST_REQUEST
    return _answer(flask.request.get_data())


@serve(api, "GET", "/pki/ocsp/<path:request>", AnswerOcsp, content={ANSWER: BYTES})
def answer_ocsp_in_path() -> flask.Response:
    """The question in the path, base64 (RFC 6960, A.1)."""
    try:
        return _answer(b64decode(unquote((flask.request.view_args or {})["request"]), validate=True))
    except NotBase64 as error:
        raise Invalid(reason="the path is not base64") from error


def _list(issuer: Issuer) -> flask.Response:
    caller = admit(ReadRevocationList)
    made = ask(ReadRevocationList(issuer=issuer), caller)
    return flask.Response(backend().objects.get(made.file), mimetype=LIST)


def _answer(request: bytes) -> flask.Response:
    caller = admit(AnswerOcsp)
    return flask.Response(ask(AnswerOcsp(request=request), caller).response, mimetype=ANSWER)
