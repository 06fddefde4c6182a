"""What compose.yaml's `prepare` runs once: makes both servers ready, and gives each program its secrets as files."""

import os
from pathlib import Path
from urllib.parse import quote

from deploy.hocba.cli import CHECKOUT
from deploy.local import elsewhere, platform
from deploy.local.files import write_private
from deploy.local.instance import Instance
from services.contracts.platform import GATEWAY, SERVICES

NAME = "compose"
ADMINISTRATOR = Path("/run/secrets/administrator")  # the password that both servers were started with
GIVEN = Path("/var/lib/hocba/given")  # below it a volume for each program, which that program alone mounts


def main() -> None:
    """Harmless when repeated: what was made stays as it is."""
    os.environ.update(servers(ADMINISTRATOR.read_text().strip()))
    instance = Instance(NAME, CHECKOUT)
    instance.logs.mkdir(parents=True, exist_ok=True)
    platform.prepare(instance, instance.servers())
    for program in (*SERVICES, GATEWAY):
        for name, secret in given(instance, program).items():
            write_private(GIVEN / program / name, secret)


def servers(password: str) -> dict[str, str]:
    """The variables that lead to the compose file's servers, as their administrator."""
    login = f"hocba:{quote(password, safe='')}"
    return {
        elsewhere.POSTGRES_URL: f"postgresql://{login}@postgres:5432/postgres",
        elsewhere.BROKER_URL: f"amqp://{login}@rabbitmq:5672/%2F",
        elsewhere.MANAGEMENT_URL: f"http://{login}@rabbitmq:15672",
    }


def given(instance: Instance, program: str) -> dict[str, str]:
    """What a service or the gateway is told in confidence, by file name."""
    secrets = {"broker_url": platform.broker_url(instance, program)}
    if program == GATEWAY:
        return secrets | {"secret_key": instance.secret("gateway-cookies")}
    secrets["database_url"] = platform.database_url(instance, program)
    if program == "identity":
        secrets["token_key"] = platform.key_path(instance, platform.TOKEN_KEY).read_text()
    if program == "gradebook":
        secrets["ledger_key"] = platform.key_path(instance, platform.LEDGER_KEY).read_text()
    if program == "signing":
        secrets["summary_key"] = platform.key_path(instance, platform.SUMMARY_KEY).read_text()
        secrets["log_key"] = platform.key_path(instance, platform.LOG_KEY).read_text()
        secrets["log_secret"] = platform.log_secret(instance)
        secrets["server_key"] = instance.secret("signing-server-key")
        secrets["authority.pem"] = (instance.home / "secrets" / "authority.pem").read_text()
    return secrets


if __name__ == "__main__":
    main()
