"""A private RabbitMQ: own node, own name service (epmd), own administrator, loopback only."""

import os
import secrets
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import psutil
import requests

from deploy.local import packages, pids
from deploy.local.errors import InstallationError
from deploy.local.files import write_private
from deploy.local.pids import ProcessId
from deploy.local.ports import LOOPBACK

ADMINISTRATOR = "hocba"  # named in the configuration, so that the well-known guest is never made
NODE = "hocba@localhost"  # the same everywhere: each broker has an epmd of its own, and its data survives a move


@dataclass(frozen=True, slots=True, kw_only=True)
class RabbitMQ:
    home: Path
    log: Path
    port: int
    management_port: int
    distribution_port: int
    epmd_port: int
    password: str

    title: ClassVar = "RabbitMQ"
    ports: ClassVar = ("broker", "management", "distribution", "epmd")
    stop_signal: ClassVar = signal.SIGTERM  # Erlang closes the broker in order

    @property
    def url(self) -> str:
        return f"amqp://{ADMINISTRATOR}:{self.password}@{LOOPBACK}:{self.port}/%2F"

    @property
    def management_url(self) -> str:
        return f"http://{ADMINISTRATOR}:{self.password}@{LOOPBACK}:{self.management_port}"

    def spawn(self) -> ProcessId:
        self._write_configuration()
        env = self._environment()
        done = subprocess.run(["epmd", "-daemon"], check=False, env=env, cwd="/")
        if done.returncode:
            raise InstallationError("epmd, the name service of RabbitMQ, could not be started.")
        argv = [str(packages.rabbitmq_scripts() / "rabbitmq-server")]
        return pids.spawn(argv, env=env, log=self.log, folder=self.home)

    def is_ready(self) -> bool:
        check = f"{self.management_url}/api/health/checks/port-listener/{self.port}"
        try:
            return requests.get(check, timeout=2).ok
        except requests.RequestException:
            return False

    def strays(self) -> list[psutil.Process]:
        # The broker, its helpers, and epmd, which outlives it.
        return pids.with_environment("HOME", str(self.home / "erlang"))

    def _write_configuration(self) -> None:
        for folder in ("erlang", "mnesia", "conf.d"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        write_private(self.home / "rabbitmq.conf", self._configuration())
        write_private(self.home / "advanced.config", "[].\n")
        write_private(self.home / "plugins", "[rabbitmq_management].\n")
        cookie = self.home / "erlang" / ".erlang.cookie"
        if not cookie.exists():
            write_private(cookie, secrets.token_hex(20))

    def _configuration(self) -> str:
        return "\n".join(
            (
                f"listeners.tcp.local = {LOOPBACK}:{self.port}",
                f"management.tcp.ip = {LOOPBACK}",
                f"management.tcp.port = {self.management_port}",
                f"default_user = {ADMINISTRATOR}",
                f"default_pass = {self.password}",
                "log.console = false",
                "",
            )
        )

    def _environment(self) -> Mapping[str, str]:
        """Every variable that would otherwise lead into Debian's own installation."""
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.home / "erlang"),  # of the cookie
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": str(self.epmd_port),
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_MNESIA_BASE": str(self.home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.log.parent),
            "RABBITMQ_LOGS": str(self.log),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_CONFIG_FILE": str(self.home / "rabbitmq.conf"),
            "RABBITMQ_CONFIG_FILES": str(self.home / "conf.d" / "*.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.home / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.home / "plugins"),
            "detached": "1",  # the script then becomes the broker instead of waiting for it: one pid
        }
