"""A remote signing service that keeps to the Cloud Signature Consortium's OpenAPI: every message is checked by it."""

import json
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from jsonschema import Draft202012Validator

from services.signing import algorithms

SCHEMAS = json.loads(Path(__file__).with_name("csc_schemas.json").read_text())
# The OpenAPI says "boolean" here, its own example has 5, and the text of 1.0.4 a number from 1.
SCHEMAS["components"]["schemas"]["multisign"] = {"type": ["boolean", "integer"]}
USER, PASSWORD = "hocba", "mật khẩu ứng dụng"
METHODS = {
    "auth/login": "auth-login",
    "credentials/list": "credentials-list",
    "credentials/info": "credentials-info",
    "credentials/authorize": "credentials-authorize",
    "credentials/sendOTP": "credentials-sendOTP",
    "signatures/signHash": "signatures-signhash",
}


class Refusal(Exception):  # noqa: N818 - an answer of the API
    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status, self.body = status, {"error": error, "error_description": description}


class Phone:
    """The holder's, in a test's hand: it rings when the service asks, and answers when the test says so."""

    def __init__(self) -> None:
        self._rings: Queue[int] = Queue()
        self._answers: Queue[bool] = Queue()

    def ask(self, signatures: int) -> bool:
        self._rings.put(signatures)
        return self._answers.get(timeout=300)

    def rings(self) -> int:
        """Wait until it does; how many signatures it shows."""
        return self._rings.get(timeout=120)

    def confirm(self) -> None:
        self._answers.put(True)

    def decline(self) -> None:
        self._answers.put(False)


@dataclass
class Sad:
    left: int
    hashes: set[str] | None


@dataclass
class Credential:
    """A key at the service, and how it wants to be authorised."""

    key: Any
    pin: str = "864209"
    otp: str | None = None
    multisign: int | bool = 20
    scal: str = "1"
    auth_mode: str = "explicit"
    status: str = "enabled"
    sad_seconds: int = 300
    tries: int = 3
    phone: Phone | None = None
    otps_sent: int = 0


@dataclass
class Service:
    """The service's state; `bend` changes its signatures, `fault` its manners, `calls` is what it was asked."""

    credentials: dict[str, Credential] = field(default_factory=dict)
    sads: dict[str, Sad] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    calls: list[tuple[str, dict]] = field(default_factory=list)
    bend: Any = None
    fault: Any = None

    def answer(self, method: str, body: dict, authorization: str) -> dict:
        self.calls.append((method, body))
        check(f"input-{METHODS[method]}", body)
        if method == "auth/login":
            if authorization != "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode():
                raise Refusal("authentication_error", "An error occurred during authentication process")
            self.tokens.add(token := secrets.token_urlsafe())
            return {"access_token": token, "expires_in": 3600}
        if authorization.removeprefix("Bearer ") not in self.tokens:
            raise Refusal("invalid_token", "The token provided is not a valid OAuth access or refresh token.", 401)
        if body.get("credentialID") not in self.credentials:
            raise Refusal("invalid_request", "Invalid parameter credentialID")
        credential = self.credentials[body["credentialID"]]
        return getattr(self, "_" + method.split("/")[1].lower())(credential, body)

    def of(self, method: str) -> list[dict]:
        return [body for name, body in self.calls if name == method]

    def _info(self, credential: Credential, _body: dict) -> dict:
        is_rsa = isinstance(credential.key, rsa.RSAPrivateKey)
        algo = ["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11"] if is_rsa else ["1.2.840.10045.4.3.2"]
        return {
            "key": {"status": credential.status, "algo": algo, "len": 2048 if is_rsa else 256},
            "cert": {"status": "valid"},
            "authMode": credential.auth_mode,
            "SCAL": credential.scal,
            "PIN": {"presence": "true"},
            "OTP": {"presence": "true" if credential.otp else "false", "type": "online"},
            "multisign": credential.multisign,
            "lang": "vi",
        }

    def _sendotp(self, credential: Credential, _body: dict) -> dict:
        credential.otps_sent += 1
        return {}

    def _authorize(self, credential: Credential, body: dict) -> dict:
        if credential.auth_mode == "explicit":
            self._check_pin(credential, body)
        most = 10_000 if isinstance(credential.multisign, bool) else credential.multisign
        if body["numSignatures"] > most:
            raise Refusal("invalid_request", "Numbers of signatures is too high")
        if credential.scal == "2" and not body.get("hash"):
            raise Refusal("invalid_request", "Missing (or invalid type) array parameter hash")
        if credential.phone and not credential.phone.ask(body["numSignatures"]):
            raise Refusal("access_denied", "The user, authorization server or remote service denied the request")
        bound = set(body["hash"]) if credential.scal == "2" else None
        self.sads[sad := secrets.token_urlsafe()] = Sad(body["numSignatures"], bound)
        return {"SAD": sad, "expiresIn": credential.sad_seconds}

    def _check_pin(self, credential: Credential, body: dict) -> None:
        if not credential.tries:
            raise Refusal("invalid_request", "PIN locked")
        if body.get("PIN") != credential.pin:
            credential.tries -= 1
            raise Refusal("invalid_pin", "The PIN is invalid")
        if credential.otp and body.get("OTP") != credential.otp:
            raise Refusal("invalid_otp", "The OTP is invalid")
        credential.otp = credential.otp and secrets.token_hex(3)  # good for one authorisation

    def _signhash(self, credential: Credential, body: dict) -> dict:
        sad = self.sads.get(body["SAD"])
        if sad is None:
            raise Refusal("invalid_request", "Invalid parameter SAD")
        if sad.left < len(body["hash"]):
            raise Refusal("invalid_request", "SAD expired")
        if sad.hashes is not None and not set(body["hash"]) <= sad.hashes:
            raise Refusal("invalid_request", "Hash is not authorized by the SAD.")
        sad.left -= len(body["hash"])
        values = [algorithms.sign(credential.key, b64decode(text)) for text in body["hash"]]
        if not isinstance(credential.key, rsa.RSAPrivateKey):
            values = [algorithms.der(value) for value in values]
        values = self.bend(values) if self.bend else values
        return {"signatures": [b64encode(value).decode() for value in values]}


def check(schema: str, message: dict) -> None:
    """AssertionError in whoever sent what the OpenAPI does not have."""
    if schema in SCHEMAS["components"]["schemas"]:
        document = SCHEMAS | {"$ref": f"#/components/schemas/{schema}"}
        errors = [error.message for error in Draft202012Validator(document).iter_errors(message)]
        properties = SCHEMAS["components"]["schemas"][schema].get("properties", {})
        assert not errors, f"{schema}: {errors}"
        assert set(message) <= set(properties), f"{schema} has no {set(message) - set(properties)}"


class RunningService:
    """A Service behind HTTP on a port of its own."""

    def __init__(self) -> None:
        self.state = Service()
        self.broken: list[BaseException] = []
        state, broken = self.state, self.broken

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                method = self.path.removeprefix("/csc/v1/")
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if state.fault and state.fault(self, method):
                    return
                try:
                    status, answer = 200, state.answer(method, body, self.headers.get("Authorization", ""))
                    check(f"output-{METHODS[method]}", answer)
                except Refusal as refusal:
                    status, answer = refusal.status, refusal.body
                except BaseException as error:  # noqa: BLE001 - told by the test that runs
                    broken.append(error)
                    status, answer = 500, {"error": "server_error"}
                self.reply(status, json.dumps(answer).encode())

            def reply(self, status: int, content: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/csc/v1/"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
