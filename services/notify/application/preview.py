"""What a message says, in all languages, filled in with an example: for those who look after the texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from services.notify.letter import Contents, Letter, Line, write
from services.notify.occasion import Occasion
from services.notify.preferences import Language

UNITS = {
    Language.BOKMAL: "Nasjonal behandlingstjeneste for eksempelsykdom",
    Language.NYNORSK: "Nasjonal behandlingstjeneste for eksempelsykdom",
    Language.ENGLISH: "National treatment service for example disease",
}
DEADLINE = datetime(2026, 2, 16, 15, tzinfo=UTC)


def preview(occasion: Occasion, portal: str) -> Mapping[Language, Letter]:
    """The letter of an occasion, made of an example."""
    return {language: write(example(occasion, language, portal), language) for language in Language}


def example(occasion: Occasion, language: Language, portal: str) -> Contents:
    """What an example is made of."""
    root = portal.rstrip("/")
    link = f"{root}/reports/00000000-0000-0000-0000-000000000000"
    lines = (Line(UNITS[language], link),) if occasion is Occasion.DIGEST else ()
    return Contents(occasion, UNITS[language], 2025, DEADLINE, link, f"{root}/me/preferences", lines)
