"""What is written about the platform names what is there."""

import dataclasses
import re
from importlib import import_module, util

import pytest

from deploy.hocba.cli import CHECKOUT
from services.contracts.messages import Event
from services.contracts.platform import EVENTS, SERVICES
from services.contracts.schemas import messages

PAPERS = [
    path
    for folder in (".", "docs/decisions", "deploy", "gateway", "services/*")
    for path in CHECKOUT.glob(f"{folder}/*.md")
]
LINK = re.compile(r"\]\(([^)#]+)\)")


SHOWN_BY = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
JOURNEYS = "tests/journeys/requirements"


def paper_of(service):
    return (CHECKOUT / "services" / service / "README.md").read_text()


def name_of(message):
    """A request's own name, or an event's fact."""
    return message.split(".")[3 if message.startswith("vn.hocba.") else 1]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_every_link_leads_somewhere(paper):
    for link in LINK.findall(paper.read_text()):
        assert link.startswith("https://") or (paper.parent / link).exists()


def test_each_test_that_is_said_to_show_a_feature_is_there():
    named = SHOWN_BY.findall((CHECKOUT / "README.md").read_text())

    files = {name: CHECKOUT / (name if "/" in name else f"{JOURNEYS}/{name}") for name, _ in named}

    assert len(named) > len(files)
    assert [test for name, test in named if f"\ndef {test}(" not in files[name].read_text()] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_described_with_all_that_it_answers_and_tells(service):
    offered = {name_of(name) for name in messages() if service in name.split(".")[:3]}

    assert not [name for name in offered if name not in paper_of(service)]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_described_with_nothing_that_it_does_not_do(service):
    described = set(re.findall(rf"(?<!task )`{service}\.(\w+)`", paper_of(service)))

    assert described <= {name_of(name) for name, shape in messages().items() if not issubclass(shape, Event)}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_described_with_the_events_it_hears(service):
    heard = {name_of(event.type) for event, consumers in EVENTS.items() if service in consumers}

    assert not [name for name in heard if name not in paper_of(service)]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_described_with_its_settings(service):
    module = f"services.{service}.settings"
    fields = dataclasses.fields(import_module(module).Settings) if util.find_spec(module) else ()

    assert not [
        field.name for field in fields if f"HOCBA_{service.upper()}_{field.name.upper()}" not in paper_of(service)
    ]


def test_decisions_are_numbered_without_gaps_and_tell_why():
    papers = sorted((CHECKOUT / "docs" / "decisions").glob("*.md"))

    for number, paper in enumerate(papers, start=1):
        assert paper.name.startswith(f"{number:04}-")
        assert re.findall(r"^## (\w+)$", paper.read_text(), re.MULTILINE) == ["Context", "Decision", "Consequences"]
