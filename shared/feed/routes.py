"""What a service tells the others, as a list anyone entitled may read from any place on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from shared.feed.publications import END, Publications
from shared.problems import PROBLEMS

JSON_LINES = "application/x-ndjson"
HEAD, EPOCH = "Feed-Head", "Feed-Epoch"
PAGE = 1_000


def _told(publications: Publications, after: int, limit: int) -> Response:
    lines = "".join(f"{event.model_dump_json(exclude_none=True)}\n" for event in publications.read(after, limit))
    headers = {HEAD: str(publications.head()), EPOCH: str(publications.epochs()[-1].number)}
    return Response(lines, media_type=JSON_LINES, headers=headers)


def feed_router(
    publications: Publications, allow: Callable[..., Any], allow_epochs: Callable[..., Any] | None = None
) -> APIRouter:
    """``GET /feed`` for whom the dependency ``allow`` lets in, ``GET /epochs`` for those or others."""
    router = APIRouter(tags=["feed"])

    @router.get(
        "/feed",
        dependencies=[Depends(allow)],
        response_class=Response,
        responses={
            **PROBLEMS,
            200: {"content": {JSON_LINES: {}}, "description": "CloudEvents, one on each line"},
        },
    )
    async def feed(
        after: Annotated[int, Query(ge=0, le=END, description="the last position already read")] = 0,
        limit: Annotated[int, Query(ge=0, le=PAGE)] = 200,
    ) -> Response:
        """What this service has told the others, oldest first.

        The header `Feed-Head` names the position of the newest contract, `Feed-Epoch` the epoch we are in;
        `limit=0` asks for these alone.
        """
        return await asyncio.to_thread(_told, publications, after, limit)

    @router.get("/epochs", dependencies=[Depends(allow_epochs or allow)], responses=PROBLEMS)
    async def epochs() -> list[EpochShown]:
        """Where each of our epochs began: from the second on, after our store had been put back."""
        return [EpochShown(**asdict(each)) for each in await asyncio.to_thread(publications.epochs)]

    return router


class EpochShown(BaseModel):
    """An epoch and the last position before it; from the second on, who opened it when and why."""

    number: int
    after: int
    opened_at: str = ""
    reason: str = ""
    opened_by: str = ""
