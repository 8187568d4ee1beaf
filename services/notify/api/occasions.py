"""What people are told about, and how it reads, over HTTP."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from services.notify.api.parts import Parts, registered
from services.notify.application.preview import preview
from services.notify.occasion import Occasion, is_duty
from shared.problems import PROBLEMS

router = APIRouter(tags=["occasions"], responses=PROBLEMS, dependencies=[Depends(registered)])


class OccasionShown(BaseModel):
    """Something people are told about."""

    occasion: Occasion
    duty: bool


class LetterShown(BaseModel):
    """A message as it reads in one language."""

    subject: str
    text: str
    html: str


@router.get("/occasions")
async def occasions() -> list[OccasionShown]:
    """Everything people are told about, and whether it can be turned off."""
    return [OccasionShown(occasion=occasion, duty=is_duty(occasion)) for occasion in Occasion]


@router.get("/occasions/{occasion}/preview")
async def occasion_preview(occasion: Annotated[Occasion, Path()], parts: Parts) -> dict[str, LetterShown]:
    """The message of an occasion in bokmål, nynorsk and English, about an example."""
    letters = await asyncio.to_thread(preview, occasion, parts.portal)
    return {
        language.value: LetterShown(subject=letter.subject, text=letter.text, html=letter.html)
        for language, letter in letters.items()
    }
