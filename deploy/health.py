"""How a service says it is, asked from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

Report = Mapping[str, Any]


def health(address: str) -> Report | None:
    """What a service says of itself; None when it does not answer."""
    try:
        answer = httpx.get(f"{address}/health", timeout=5, trust_env=False)
        report: Report = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError):
        return None
    return report


def answers(address: str) -> bool:
    """Whether anybody answers there at all, or at least holds the port."""
    try:
        httpx.get(f"{address}/health/live", timeout=5, trust_env=False)
    except httpx.ConnectError:
        return False
    except httpx.TransportError:
        return True
    return True


def ailing(addresses: Mapping[str, str]) -> list[str]:
    """What is not well, as ``service: part`` each, and the services that do not answer."""
    reports = {name: health(address) for name, address in addresses.items()}
    return [line for name, report in reports.items() for line in _ailing(name, report)]


def _ailing(name: str, report: Report | None) -> Iterator[str]:
    if report is None:
        yield f"{name} does not answer"
        return
    yield from (f"{name}: {part}" for part, said in report["checks"].items() if not said["ok"])


def is_up(report: Report | None) -> bool:
    """Whether a service is ready and nothing in it is still on its way; what waits for a person may be there."""
    if not report or not report["ready"]:
        return False
    ill = [report["checks"][part] for part in report["degraded"]]
    return all(part.get("stopped") or part.get("parked") for part in ill)
