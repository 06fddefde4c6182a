"""The services as they are built, with settings enough to build them."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.contracts.platform import SERVICES
from services.signing.authority import establish
from services.signing.custody import write_authority


@pytest.fixture(scope="session")
def services(tmp_path_factory):
    """Every service by name, from its own `build`."""
    authority = tmp_path_factory.mktemp("authority") / "authority.pem"
    write_authority(authority, establish(now=datetime.now(UTC)))
    token_key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    summary_key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    settings = {
        "HOCBA_IDENTITY_TOKEN_KEY": token_key.decode(),
        "HOCBA_GRADEBOOK_LEDGER_KEY": token_key.decode(),
        "HOCBA_TRANSCRIPT_PUBLIC_URL": "https://hocba.example.vn",
        "HOCBA_SIGNING_SERVER_KEY": "khóa máy chủ thử",
        "HOCBA_SIGNING_AUTHORITY": str(authority),
        "HOCBA_SIGNING_PUBLIC_URL": "https://hocba.example.vn",
        "HOCBA_SIGNING_SUMMARY_KEY": summary_key.decode(),
        "HOCBA_SIGNING_LOG_KEY": token_key.decode(),
        "HOCBA_SIGNING_LOG_SECRET": "muối của nhật ký",
        "HOCBA_SIGNING_LOG_ORIGIN": "hocba.example.vn/log",
        "HOCBA_NOTIFY_SMTP_URL": "smtp://127.0.0.1:25",
        "HOCBA_NOTIFY_SENDER": "hocba@example.vn",
        "HOCBA_NOTIFY_MESSAGE_DOMAIN": "hocba.example.vn",
    }
    with pytest.MonkeyPatch.context() as environment:
        for name, value in settings.items():
            environment.setenv(name, value)
        return {name: import_module(f"services.{name}.service").build() for name in SERVICES}
