"""Routes for services and for the operator let in nobody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from shared.access import NotAllowed
from shared.callers import operator_only, services_only
from shared.tokens import Caller

pytestmark = [pytest.mark.unit, pytest.mark.anyio]

KINDS = {"service": "service:review", "operator": "operator", "person": "0190", "login": "login:1", "machine": "m:1"}


@pytest.mark.parametrize(("only", "let_in"), [(services_only, "service"), (operator_only, "operator")])
async def test_only_one_kind_of_caller_is_let_in(only: Callable[[Caller], Awaitable[None]], let_in: str) -> None:
    for kind, subject in KINDS.items():
        if kind == let_in:
            await only(Caller(subject, kind))
        else:
            with pytest.raises(NotAllowed):
                await only(Caller(subject, kind))
