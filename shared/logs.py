"""Logs are facts: an event name and fields, never contents or personal data."""

from __future__ import annotations

import logging
import sys

import structlog

from shared.context import correlation_id


def configure(service: str) -> None:
    """Readable lines in a terminal, one JSON object a line elsewhere; every line names its service."""
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _of_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def _of_request(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Name the request a line belongs to; asked when there is a line, for most requests leave none."""
    if correlation := correlation_id():
        line["correlation_id"] = correlation
    return line
