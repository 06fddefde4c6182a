"""What gunicorn serves: `gunicorn -c gateway/gunicorn.conf.py`."""

import atexit
from pathlib import Path

import flask

from gateway.app import create_app
from gateway.settings import Settings
from services.chassis import logs
from services.chassis.objects import Objects
from services.chassis.rpc_client import RpcClient
from services.chassis.settings import load
from services.contracts.platform import GATEWAY


def build() -> flask.Flask:
    """This worker process's application, with a broker connection of its own: call it after the fork."""
    logs.configure(GATEWAY)
    settings = load(Settings, GATEWAY)
    rpc = RpcClient(settings.broker_url, GATEWAY).start()
    atexit.register(rpc.stop)
    return create_app(rpc, Objects(Path(settings.objects)), settings)
