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


def http_ports():
    """The ports for health and metrics of all processes of services."""
    return [value for program in PROGRAMS for name, value in told(program).items() if name.endswith("_HTTP_PORT")]
