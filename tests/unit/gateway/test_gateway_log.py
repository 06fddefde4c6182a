"""The log behind the gateway is what C2SP tlog-tiles promises to caches and clients."""

import pytest
from gateway_services import example

from gateway.app import create_app
from gateway.settings import Settings
from services.chassis.errors import NotFound
from services.contracts.signing.log import LogNote, LogTile, ReadCheckpoint, ReadTile

TILE = bytes(range(64))
NOTE = "hocba.example/log\n1\nx\n\n— hocba.example/log y\n"


@pytest.fixture
def log(services):
    services.tell(ReadTile, LogTile(data=TILE))
    services.tell(ReadCheckpoint, LogNote(note=NOTE))
    return services


def test_a_tile_is_bytes_that_any_cache_may_keep_for_ever(client, log):
    response = client.get("/log/tile/0/x001/234.p/2")

    assert (response.data, response.content_type) == (TILE, "application/octet-stream")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_a_checkpoint_is_text_that_no_cache_keeps_for_long(client, log):
    response = client.get("/log/checkpoint")

    assert (response.text, response.content_type) == (NOTE, "text/plain; charset=utf-8")
    assert response.headers["Cache-Control"] == "public, max-age=2"


def test_that_there_is_no_tile_yet_is_kept_by_no_cache(client, services):
    services.tell(ReadTile, NotFound())

    response = client.get("/log/tile/0/000")

    assert (response.status_code, response.headers["Cache-Control"]) == (404, "no-store")


def test_reading_tiles_uses_up_a_budget_of_its_own(log, files):
    settings = example(Settings, secret_key="of the test", public_url="", anonymous_per_minute=1, tiles_per_minute=2)
    client = create_app(log, files, settings).test_client()

    tiles = [client.get("/log/tile/0/000.p/2").status_code for _ in range(3)]
    checkpoints = [client.get("/log/checkpoint").status_code for _ in range(2)]

    assert (tiles, checkpoints) == ([200, 200, 429], [200, 429])
