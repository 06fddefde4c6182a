"""One JSON line a record, in UTC, with the event's name, trace id and ids; never a name, a mark or a phone number."""

import logging
import sys

import structlog


def configure(service: str, level: str = "INFO") -> None:
    """Send our own and the libraries' records to standard output as JSON lines."""
    shared: list[structlog.typing.Processor] = [
        _naming(service),
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processor=structlog.processors.JSONRenderer(ensure_ascii=False)
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("nameko", "amqp", "kombu", "alembic.runtime.plugins"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("pika").setLevel(logging.CRITICAL)  # a lost connection is one warning of ours, not ten of its


def _naming(service: str) -> structlog.typing.Processor:
    def add_service(_: object, __: str, record: structlog.typing.EventDict) -> structlog.typing.EventDict:
        record["service"] = service
        return record

    return add_service


def get() -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger()
    return logger
