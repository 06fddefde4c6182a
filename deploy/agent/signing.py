"""What the agent does: fetch what waits, sign it with the token, bring it back."""

from base64 import b64decode
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import requests
from cryptography import x509

from services.contracts.signing.certificates import KeyProvider
from services.signing import providers
from services.signing.domain import Refusal, Validity
from services.signing.keys import Credential
from services.signing.providers import Entry, Key
from services.signing.providers.pkcs11 import Pkcs11Tokens

TIMEOUT_SECONDS = 30
Document = dict[str, Any]
Post = Callable[[str, Document], Document]


class Away(Exception):  # noqa: N818 - the agent asks again
    """The platform does not answer, or refuses; its own words are the message."""


def gateway(url: str) -> Post:
    """Posts to the platform; raises Away."""

    def post(path: str, body: Document) -> Document:
        try:
            response = requests.post(f"{url.rstrip('/')}{path}", json=body, timeout=TIMEOUT_SECONDS)
            answer: Document = response.json()
        except requests.RequestException as error:
            raise Away(f"{url} does not answer ({type(error).__name__}).") from error
        if not response.ok:
            raise Away(str(answer.get("detail", response.status_code)))
        return answer

    return post


class Agent:
    """An agent with its token for the platform, and the token that is plugged in (`place`, a PKCS#11 URI)."""

    def __init__(self, post: Post, *, token: str, module: str, place: str) -> None:
        self._post = post
        self._token = token
        self._device = Pkcs11Tokens(module)
        self._place = place

    def find_work(self) -> Document:
        return self._post("/v1/signing-agents/work", {"token": self._token})

    def prove(self, work: Document, pin: str) -> None:
        """Sign the platform's challenge, so that the certificate counts; raises as the token refuses."""
        (value,) = self._sign(work, [bytes.fromhex(work["challenge"])], pin)
        if isinstance(value, Refusal):
            raise Away(f"The token did not sign ({value}).")
        self._post("/v1/signing-agents/proof", {"token": self._token, "value": value.hex()})

    def sign(self, work: Document, job: Document, pin: str) -> tuple[int, int]:
        """Sign one job; how many signatures were taken of how many that were asked for."""
        digests = [bytes.fromhex(item["digest"]) for item in job["items"]]
        values = self._sign(work, digests, pin)
        signatures = [
            {"digest": digest.hex(), "value": value.hex()}
            for digest, value in zip(digests, values, strict=True)
            if isinstance(value, bytes)
        ]
        body = {"token": self._token, "session_id": job["session_id"], "signatures": signatures}
        return self._post("/v1/signing-agents/signatures", body)["taken"], len(digests)

    def _sign(self, work: Document, digests: Sequence[bytes], pin: str) -> list[bytes | Refusal]:
        key = _key(work, self._place)
        authorisation = self._device.open(key, Entry(pin=pin), signatures=len(digests))
        return providers.sign(self._device, key, authorisation.secret, digests)


def describe(job: Document) -> list[str]:
    """What a person is asked to consent to, line by line."""
    codes = {item["code"] for item in job["items"] if item["part"] != "SHEET"}
    sheets = {item["code"] for item in job["items"] if item["part"] == "SHEET"}
    of_what = f"{len(codes)} học bạ" + (f", {len(sheets)} bảng ký lớp" if sheets else "")
    head = f"Lớp {job['class_id']}, năm học {job['school_year']}, vai trò {job['role']}, đến {job['expires_at']}"
    lines = [f"{head}: {of_what}, {len(job['items'])} chữ ký."]
    return lines + [f"  {item['code']}  {item['slot']}  {item['part']}  {item['digest']}" for item in job["items"]]


def _key(work: Document, place: str) -> Key:
    der = b64decode(work["certificate"])
    certificate = x509.load_der_x509_certificate(der)
    holder = UUID(work["holder"])
    return Key(
        id=holder,
        holder=holder,
        provider=KeyProvider.PKCS11,
        credential=Credential(certificate=der, chain=()),
        validity=Validity(valid_from=certificate.not_valid_before_utc, valid_to=certificate.not_valid_after_utc),
        place=place,
    )
