import json
import re

import yaml
from compose_file import COMPOSE, http_ports
from prometheus_client import REGISTRY

from deploy.hocba.cli import CHECKOUT
from gateway import observing
from services.chassis import metrics
from services.contracts.gradebook import SaveColumn

SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}
COUNTED_IN = (metrics, observing)  # their import fills the registry


def scraped():
    """The addresses that Prometheus asks, by its configuration."""
    jobs = yaml.safe_load((CHECKOUT / "deploy" / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    return [target for job in jobs for group in job["static_configs"] for target in group["targets"]]


def shown():
    """The expressions of the dashboard."""
    panels = json.loads((CHECKOUT / "deploy" / "grafana" / "hocba.json").read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def test_every_process_is_scraped():
    assert set(scraped()) == {f"127.0.0.1:{port}" for port in (*http_ports(), 8000)} | {"rabbitmq:15692"}
    assert COMPOSE["prometheus"]["network_mode"] == COMPOSE["gateway"]["network_mode"]


def test_every_metric_on_the_dashboard_is_counted_somewhere():
    counted = {family.name + suffix for family in REGISTRY.collect() for suffix in SUFFIXES.get(family.type, ())}
    asked = {name for expression in shown() for name in re.findall(r"hocba_\w+", expression)}

    assert asked <= counted


def test_the_operation_on_the_dashboard_exists():
    asked = {name for expression in shown() for name in re.findall(r'operation="([^"]+)"', expression)}

    assert asked == {SaveColumn.operation}
