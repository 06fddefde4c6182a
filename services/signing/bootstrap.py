"""The development authorities of an installation: `python -m services.signing.bootstrap` makes them once."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from services.chassis.settings import load
from services.signing import keys
from services.signing.authority import TIMESTAMP_YEARS, Authority, establish
from services.signing.custody import read_authority, write_authority, write_timestamp_key
from services.signing.settings import Settings, published_at

TIMESTAMP_AUTHORITIES = ("tsa-a", "tsa-b")


def main() -> int:
    settings, now = load(Settings, "signing"), datetime.now(UTC)
    path, place = Path(settings.authority), published_at(settings)
    if not path.exists():
        write_authority(path, establish(now=now, published_at=place))
    for name in TIMESTAMP_AUTHORITIES:
        if not path.with_name(f"{name}.pem").exists():
            _make_timestamp_key(path.with_name(f"{name}.pem"), read_authority(path, published_at=place), name, now)
    return 0


def _make_timestamp_key(path: Path, authority: Authority, name: str, now: datetime) -> None:
    key, until = keys.generate(), now + timedelta(days=365 * TIMESTAMP_YEARS)
    certificate = authority.issue_timestamping(
        key.public_key(), name=f"Học bạ Dev {name}", valid_from=now, valid_until=until
    )
    write_timestamp_key(path, key, [certificate, authority.issuing.public_bytes(Encoding.DER)])


if __name__ == "__main__":
    sys.exit(main())
