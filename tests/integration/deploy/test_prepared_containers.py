import pytest
import requests

from deploy import containers
from deploy.broker.management import Management
from deploy.broker.topology import wanted
from deploy.hocba.checks import Health, newest_migrations, topology
from deploy.hocba.cli import CHECKOUT
from deploy.local import elsewhere, platform
from deploy.local.instance import Instance
from services.chassis import wire
from services.contracts.platform import GATEWAY, SERVICES


@pytest.fixture(scope="module")
def prepared(postgres_url, broker_url, management_url, tmp_path_factory):
    """The tests' own servers, prepared as those of the compose file are; and what was given to each program."""
    folder = tmp_path_factory.mktemp("compose")
    (folder / "administrator").write_text("of the test\n")
    (folder / "services").symlink_to(CHECKOUT / "services")
    addresses = {
        elsewhere.POSTGRES_URL: postgres_url,
        elsewhere.BROKER_URL: broker_url,
        elsewhere.MANAGEMENT_URL: management_url,
    }
    with pytest.MonkeyPatch.context() as patch:
        for variable, address in addresses.items():
            patch.setenv(variable, address)
        patch.setattr(containers, "servers", lambda _password: addresses)
        patch.setattr(containers, "CHECKOUT", folder)
        patch.setattr(containers, "ADMINISTRATOR", folder / "administrator")
        patch.setattr(containers, "GIVEN", folder / "given")
        containers.main()
        yield folder
        Management(management_url, platform.VHOST).delete_vhost()


@pytest.fixture
def installation(prepared):
    return Instance(containers.NAME, prepared)


def test_every_program_is_given_secrets_that_it_alone_reads(prepared):
    programs = {path.name: path for path in (prepared / "given").iterdir()}

    assert set(programs) == {*SERVICES, GATEWAY}
    assert "BEGIN PRIVATE KEY" in (programs["identity"] / "token_key").read_text()
    assert "BEGIN CERTIFICATE" in (programs["signing"] / "authority.pem").read_text()
    assert {file.stat().st_mode & 0o777 for file in prepared.glob("given/*/*")} == {0o600}


def test_what_was_prepared_is_as_the_code_expects_it(installation):
    assert newest_migrations(installation).health is Health.PASS
    assert topology(installation).health is Health.PASS


def test_preparing_again_changes_no_secret(prepared):
    before = {path: path.read_bytes() for path in prepared.glob("given/*/*")}

    containers.main()

    assert {path: path.read_bytes() for path in prepared.glob("given/*/*")} == before


def test_the_doctor_names_what_the_broker_lacks(installation, management_url):
    broker = Management(management_url, platform.VHOST)
    requests.delete(f"{management_url}/api/queues/{platform.VHOST}/{wire.rpc_queue('signing')}", timeout=10)

    finding = topology(installation)

    assert finding.health is Health.FAIL
    assert "missing or different: queue rpc-signing" in finding.detail
    broker.apply(wanted(), {user.name: installation.secret(f"{user.name}-broker") for user in wanted().users})
