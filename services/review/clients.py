"""What review reads from reporting: submissions and their templates, which never change; a hash is verified."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx

from shared.desk import Unavailable


class Submissions:
    """Reporting's submissions, read with this service's own token made anew for each request."""

    def __init__(self, base_url: str, token: Callable[[], str], http: httpx.AsyncClient | None = None) -> None:
        self._url = base_url.rstrip("/")
        self._token = token
        self._http = http or httpx.AsyncClient(timeout=5.0)

    async def read(self, submission_id: UUID, sha256: str) -> dict[str, Any]:
        """A submission with everything it froze; :class:`Unavailable` unless it is had whole and verified."""
        return _verified(await self._get(f"/submissions/{submission_id}"), sha256)

    async def template(self, key: str, version: int) -> dict[str, Any]:
        """The template version a submission follows, with its questions; :class:`Unavailable` unless it is had."""
        answer = await self._get(f"/templates/{key}/{version}")
        try:
            template: dict[str, Any] = answer.json()
        except ValueError as fault:
            raise Unavailable("reporting's answer is not a template") from fault
        return template

    async def _get(self, path: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token()}"}
        try:
            answer = await self._http.get(f"{self._url}{path}", headers=headers)
        except httpx.HTTPError as fault:
            raise Unavailable("reporting does not answer") from fault
        if answer.status_code != httpx.codes.OK:
            raise Unavailable(f"reporting answered {answer.status_code}")
        return answer

    async def close(self) -> None:
        await self._http.aclose()


def _verified(answer: httpx.Response, sha256: str) -> dict[str, Any]:
    """The submission an answer holds, if its canonical bytes are what ``sha256`` covers."""
    try:
        submission: dict[str, Any] = answer.json()
        canonical = submission["canonical"].encode()
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Unavailable("reporting's answer is not a submission") from fault
    if hashlib.sha256(canonical).hexdigest() != sha256:
        raise Unavailable("reporting's submission is not what was handed in")
    return submission
