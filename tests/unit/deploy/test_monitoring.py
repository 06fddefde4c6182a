import json
import re

import pytest
import yaml
from compose_file import COMPOSE, PROGRAMS, listens
from prometheus_client import REGISTRY

from deploy.hocba.cli import CHECKOUT
from gateway import observing
from services.chassis import metrics
from services.contracts.gradebook.sheets import SaveColumn
from services.contracts.platform import GATEWAY, SERVICES

SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}
COUNTED_IN = (metrics, observing)  # their import fills the registry


JOBS = {
    job["job_name"]: job
    for job in yaml.safe_load((CHECKOUT / "deploy" / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
}


def found(part):
    """The names whose every address Prometheus asks for rpc or worker, each with the port."""
    return {(name, group["port"]) for group in JOBS[part]["dns_sd_configs"] for name in group["names"]}


def shown():
    """The expressions of the dashboard."""
    panels = json.loads((CHECKOUT / "deploy" / "grafana" / "hocba.json").read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def test_every_copy_of_a_program_is_scraped_where_it_listens():
    programs = set(PROGRAMS) - {GATEWAY}

    assert found("rpc") | found("worker") == {(program, listens(program)[1]) for program in programs}
    assert {group["type"] for part in ("rpc", "worker") for group in JOBS[part]["dns_sd_configs"]} == {"A"}
    assert {listens(program)[0] for program in programs} == {"0.0.0.0"}  # noqa: S104 - compose's network, unpublished


@pytest.mark.parametrize("part", ["rpc", "worker"])
def test_what_is_scraped_bears_the_name_of_its_service(part):
    (rule,) = JOBS[part]["relabel_configs"]
    services = {re.fullmatch(rule["regex"], name)[1] for name, _ in found(part)}

    assert services == set(SERVICES)


def test_the_gateway_and_the_broker_are_scraped():
    targets = {
        target for job in JOBS.values() for group in job.get("static_configs", ()) for target in group["targets"]
    }

    assert targets == {"gateway:8000", "rabbitmq:15692"}
    assert {target.split(":")[0] for target in targets} < set(COMPOSE)


def test_every_metric_on_the_dashboard_is_counted_somewhere():
    counted = {family.name + suffix for family in REGISTRY.collect() for suffix in SUFFIXES.get(family.type, ())}
    asked = {name for expression in shown() for name in re.findall(r"hocba_\w+", expression)}

    assert asked <= counted


def test_the_operation_on_the_dashboard_exists():
    asked = {name for expression in shown() for name in re.findall(r'operation="([^"]+)"', expression)}

    assert asked == {SaveColumn.operation}
