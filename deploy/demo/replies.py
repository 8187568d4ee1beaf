"""What a service answered: a status, and a body of JSON, text or a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import httpx

JSON = ("application/json", "application/problem+json")


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    body: Any
    headers: httpx.Headers

    @classmethod
    def of(cls, answer: httpx.Response) -> Self:
        return cls(answer.status_code, _body(answer), answer.headers)

    @property
    def code(self) -> str | None:
        """The stable code of a problem; None when all went well."""
        return self.body.get("code") if self.status >= 400 and isinstance(self.body, dict) else None

    @property
    def refused(self) -> str:
        """Status and code, as in ``409 changed_meanwhile``."""
        return f"{self.status} {self.code}"


def _body(answer: httpx.Response) -> Any:
    kind = answer.headers.get("content-type", "")
    if kind in JSON:
        return answer.json()
    return answer.text if kind.startswith("text/") else answer.content
