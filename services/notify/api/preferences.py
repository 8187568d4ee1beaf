"""One's own preferences over HTTP."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.notify.api.parts import Parts
from services.notify.occasion import MAY_BE_MUTED, Occasion
from services.notify.preferences import Choice, Language, Preferences
from shared.asked import Asking, Calling, Seen
from shared.history import history
from shared.inputs import Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["preferences"], responses=PROBLEMS)


class SentChoice(Sent):
    """How to be told from now on."""

    language: Language
    digest: bool
    muted: Annotated[list[Occasion], Field(max_length=len(Occasion))]

    def choice(self) -> Choice:
        return Choice(language=self.language, digest=self.digest, muted=tuple(sorted(set(self.muted))))


class ChoiceShown(BaseModel):
    """The caller's choice, or what holds without one (``version`` 0); ``may_be_muted`` is all that is no duty."""

    person_id: UUID
    language: Language
    digest: bool
    muted: list[Occasion]
    version: int
    may_be_muted: list[Occasion]


class Chosen(BaseModel):
    """The choice was recorded."""

    version: int
    position: int | None


@router.get("/me/preferences")
async def preferences(caller: Calling, parts: Parts, response: Response) -> ChoiceShown:
    """How the caller is told."""
    person_id, choice, version = await asyncio.to_thread(parts.choosing.chosen, caller)
    response.headers["ETag"] = f'"{version}"'
    return ChoiceShown(
        person_id=person_id,
        language=choice.language,
        digest=choice.digest,
        muted=list(choice.muted),
        version=version,
        may_be_muted=sorted(MAY_BE_MUTED),
    )


@router.put("/me/preferences")
async def choose(body: SentChoice, asked: Asking, seen: Seen, parts: Parts, response: Response) -> Chosen:
    """Choose the language, one message a day, and what not to be told; duties cannot be turned off."""
    done = await parts.choosing.choose(asked, body.choice(), seen)
    response.headers["ETag"] = f'"{done.answer["version"]}"'
    return Chosen(**done.answer, position=done.position)


@router.get("/me/preferences/history")
async def preferences_history(caller: Calling, parts: Parts) -> list[dict[str, Any]]:
    """Every choice the caller made."""
    person_id, _, version = await asyncio.to_thread(parts.choosing.chosen, caller)
    if not version:
        return []
    return await asyncio.to_thread(history, parts.store, Preferences.identify(person_id), lambda sealed: None)
