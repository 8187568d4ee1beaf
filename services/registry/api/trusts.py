"""Trusts over HTTP."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.registry.api.callers import Listed, Parts, Reading, Written, written
from services.registry.api.inputs import Code, paging
from services.registry.placement import Region
from services.registry.views import queries
from services.registry.views.queries import Paging
from services.registry.views.tables import TRUSTS
from shared.asked import Asking
from shared.inputs import Name, Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["trusts"], responses=PROBLEMS)


class NewTrust(Sent):
    """A trust to be registered."""

    code: Code
    name: Name
    region: Region


@router.post("/trusts", status_code=201)
async def register_trust(registry: Parts, asked: Asking, new: NewTrust, response: Response) -> Written:
    """Register a health trust."""
    return written(await registry.units.register_trust(asked, new.code, new.name, new.region), response)


@router.get("/trusts")
async def list_trusts(
    registry: Parts,
    reader: Reading,
    paging: Annotated[Paging, Depends(paging)],
    region: Region | None = None,
) -> Listed:
    """Trusts, by code."""
    page = await asyncio.to_thread(queries.page, registry.store, queries.trusts(region), TRUSTS.c.code, paging)
    return Listed(items=page.items, next=page.next)
