"""Timestamps and OpenSSL: each side believes what the other makes."""

import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.signing.timestamps import Stamp
from tests.unit.signing.timestamp_servers import DIGEST, one, serving

OTHER = sha256(b"another").digest()

OPENSSL = """
[tsa]
default_tsa = t
[t]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/chain.pem
signer_key = {folder}/key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.5
digests = sha256
accuracy = secs:1
ess_cert_id_alg = {named}
"""


@pytest.fixture
def openssl(outside_programs, todays_authority, timestamps, tmp_path):
    """OpenSSL as an authority with our authority's certificate: gives what makes an answer, by how it names it."""
    own = keys_pem(timestamps)
    for name, octets in own.items():
        (tmp_path / name).write_bytes(octets)
    (tmp_path / "chain.pem").write_bytes(todays_authority.issuing.public_bytes(Encoding.PEM))

    def replying(named):
        (tmp_path / "openssl.cnf").write_text(OPENSSL.format(folder=tmp_path, named=named))

        def reply(request):
            (tmp_path / "query").write_bytes(request)
            run(
                "ts",
                "-reply",
                "-config",
                tmp_path / "openssl.cnf",
                "-queryfile",
                tmp_path / "query",
                "-out",
                tmp_path / "reply",
            )
            return (tmp_path / "reply").read_bytes()

        return reply

    return replying


def keys_pem(key):
    return {
        "tsa.pem": x509.load_der_x509_certificate(key.certificate).public_bytes(Encoding.PEM),
        "key.pem": key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    }


def run(*command: str | Path) -> None:
    subprocess.run(["openssl", *map(str, command)], check=True, capture_output=True)


@pytest.mark.parametrize("named", ["sha1", "sha256", "sha512"])
def test_the_stamps_of_openssl_are_believed(todays_authority, openssl, named):
    with serving(openssl(named)) as server:
        assert isinstance(one(todays_authority, server.url), Stamp)


def test_openssl_believes_the_stamps_of_our_development_authority(todays_authority, good, outside_programs, tmp_path):
    stamp = one(todays_authority, good.url)
    (tmp_path / "token").write_bytes(stamp.token)
    (tmp_path / "root.pem").write_bytes(todays_authority.root.public_bytes(Encoding.PEM))

    run(
        "ts",
        "-verify",
        "-digest",
        DIGEST.hex(),
        "-token_in",
        "-in",
        tmp_path / "token",
        "-CAfile",
        tmp_path / "root.pem",
    )
    with pytest.raises(subprocess.CalledProcessError):
        run(
            "ts",
            "-verify",
            "-digest",
            OTHER.hex(),
            "-token_in",
            "-in",
            tmp_path / "token",
            "-CAfile",
            tmp_path / "root.pem",
        )
