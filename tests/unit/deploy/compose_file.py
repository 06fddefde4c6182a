"""What compose.yaml says of each program of ours."""

import yaml

from deploy.hocba.cli import CHECKOUT
from services.contracts.platform import GATEWAY, SERVICES

COMPOSE = yaml.safe_load((CHECKOUT / "deploy" / "compose.yaml").read_text())["services"]
PROGRAMS = sorted({f"{service}-{part}" for service in SERVICES for part in ("rpc", "worker")} | {GATEWAY})


def service_of(program):
    return program.removesuffix("-rpc").removesuffix("-worker")


def told(program):
    """A program's variables by the setting's name; what it is told by a file counts as told."""
    variables = {
        name: str(value) for name, value in COMPOSE[program]["environment"].items() if name.startswith("HOCBA_")
    }
    return {name.removesuffix("_FILE"): value for name, value in variables.items()}


def listens(program):
    """Where a service's program serves health and metrics, as (host, port)."""
    prefix = f"HOCBA_{service_of(program).upper()}_HTTP_"
    return told(program)[f"{prefix}HOST"], int(told(program)[f"{prefix}PORT"])
