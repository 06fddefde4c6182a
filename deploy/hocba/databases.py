"""The services' databases of an installation, opened for an operator's look or correction."""

from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local.instance import Instance
from deploy.local.platform import database_url
from services.chassis.database import Database, Tx


@contextmanager
def opened(instance: Instance, service: str) -> Iterator[Tx]:
    """One transaction in the service's database; raises DatabaseAway when the server does not answer."""
    database = Database(database_url(instance, service), pool=1)
    try:
        with database.transaction() as tx:
            yield tx
    finally:
        database.engine.dispose()
