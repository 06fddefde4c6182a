"""How processes share a run: the journeys stay together, as they share an installation; all else goes by modules."""

from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/journeys/"


def pytest_collection_modifyitems(items):
    """The longest first."""
    items.sort(key=lambda item: not item.nodeid.startswith(JOURNEYS))


def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)


class Together(LoadScopeScheduling):
    def _split_scope(self, nodeid):
        return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid.split("::")[0]
