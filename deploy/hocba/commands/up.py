"""`hocba up`: starts the servers and the platform."""

import importlib

import click
from rich.console import Console

from deploy.hocba.options import on_instance
from deploy.local import packages
from deploy.local.instance import Instance


@click.command
@on_instance
def command(instance: Instance) -> None:
    """Start everything, and return once it is ready."""
    platform = importlib.import_module("deploy.local.platform")  # late: it draws in every service
    daily = importlib.import_module("deploy.backup.daily")

    console = Console(stderr=True)
    packages.ensure()
    with console.status("Starting PostgreSQL and RabbitMQ"):
        servers = instance.start_servers()
    with console.status("Preparing databases and queues"):
        platform.prepare(instance, servers)
    with console.status("Starting the platform"):
        instance.start_processes([*platform.processes(instance), *daily.processes(instance)])
    click.echo(f"Ready. `./hocba status --name {instance.name}` shows what runs, `./hocba down` ends it.")
