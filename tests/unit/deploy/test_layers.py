from configparser import ConfigParser

import pytest

from deploy.hocba.cli import CHECKOUT
from services.contracts.platform import SERVICES

LAYERS = ConfigParser()
LAYERS.read(CHECKOUT / ".importlinter")
CONTRACTS = [name for name in LAYERS.sections() if ":contract:" in name]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_layer_that_names_one_service_names_them_all(contract):
    for named in (set(value.split()) for value in LAYERS[contract].values()):
        services = {f"services.{service}" for service in SERVICES}
        assert not named & services or services <= named
