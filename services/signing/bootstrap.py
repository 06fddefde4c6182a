"""The development authority of an installation: `python -m services.signing.bootstrap` makes it once."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from services.chassis.settings import load
from services.signing.authority import establish
from services.signing.custody import write_authority
from services.signing.settings import Settings


def main() -> int:
    path = Path(load(Settings, "signing").authority)
    if not path.exists():
        write_authority(path, establish(now=datetime.now(UTC)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
