"""The tasks of one person, asked from every service that may know of one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.portal.languages import N_
from services.portal.pages.report.words import REGIONS
from services.portal.pages.start.asking import Asking, listed
from services.portal.pages.start.cards import Card, Cards, Task
from services.portal.pages.start.writing import add_reports
from services.portal.visit import Visit

Json = Mapping[str, Any]
ANSWERS_QUERIES = ("professional_lead", "site_lead", "coordinator")
FOLLOWS_UP = ("reviewer", "service_desk", "joint_desk", *ANSWERS_QUERIES)
_REVIEW_STATUS = {
    "submitted": (N_("Levert"), "success"),
    "under_review": (N_("Under vurdering"), "info"),
}
_SEATS: Mapping[str, str] = {"user": N_("brukerrepresentant"), "unit": N_("representant for enheten")}


async def tasks(visit: Visit, asking: Asking, reports: Sequence[Json]) -> list[Card]:
    """Everything that waits for the person, the nearest date first; ``reports`` is what reporting told."""
    cards = Cards(visit)
    add_reports(cards, list(reports), visit.tongue)
    await asyncio.gather(_reviews(visit, asking, cards), _points(visit, asking, cards), _seats(visit, asking, cards))
    return cards.waiting()


def _held(visit: Visit, role: str, what: str) -> set[str]:
    """The units or regions in which the person holds a role."""
    return {str(held[what]) for held in visit.roles if held["role"] == role and held[what]}


async def _reviews(visit: Visit, asking: Asking, cards: Cards) -> None:
    """Reports to assess, and questions from the regions to answer."""
    regions = sorted(_held(visit, "reviewer", "region"))
    waiting, assigned, asked = await asyncio.gather(
        _found(visit, asking, [{"awaits": region} for region in regions]),
        _found(visit, asking, [{"awaits": region, "mine": "true"} for region in regions]),
        _found(visit, asking, [{"unit_id": unit, "open_queries": "true"} for unit in _answers_for(visit)]),
    )
    for id, row in {**asked, **waiting}.items():
        _review(visit, cards, row, id in waiting, id in assigned)


async def _found(visit: Visit, asking: Asking, each: Sequence[Mapping[str, str]]) -> Mapping[str, Json]:
    """The reviews by their ids, asked for in several ways."""
    review = visit.services.review
    found = await asyncio.gather(*(asking.or_else(listed(review, "/reviews", **one), []) for one in each))
    return {row["review_id"]: row for rows in found for row in rows}


def _answers_for(visit: Visit) -> list[str]:
    """The units in whose name the person answers the regions."""
    return sorted(set().union(*(_held(visit, role, "unit_id") for role in ANSWERS_QUERIES)))


def _review(visit: Visit, cards: Cards, row: Json, waits: bool, assigned: bool) -> None:
    card = cards.card(row["unit_id"], row["year"], row["unit_name"] or row["unit_code"] or "")
    address = f"/reports/{row['report_id']}"
    card.address = card.address or address
    if card.status is None and row["step"] in _REVIEW_STATUS:
        word, color = _REVIEW_STATUS[row["step"]]
        card.status = (visit.text(word), color)
    if waits and assigned:
        card.tasks.append(Task(visit.text(N_("Vurder rapporten: du er saksbehandler")), address))
    elif waits:
        card.tasks.append(Task(visit.text(N_("Rapporten er levert og venter på vurdering i regionen")), address))
    else:
        asked = visit.ngettext(
            "Svar på %(num)s spørsmål fra regionen", "Svar på %(num)s spørsmål fra regionen", row["open_queries"]
        )
        card.tasks.append(Task(asked))


async def _points(visit: Visit, asking: Asking, cards: Cards) -> None:
    """What is to be followed up by the person, or stands beside the unit's form."""
    if not visit.holds(*FOLLOWS_UP):
        return
    only = [{"mine": "true"}, *({"unit_id": unit} for unit in _answers_for(visit))]
    review = visit.services.review
    found = await asyncio.gather(*(asking.or_else(listed(review, "/follow-ups", open="true", **o), []) for o in only))
    for row in {row["follow_up_id"]: row for rows in found for row in rows}.values():
        text, mine = row["text"].get("text") or "", row["owner"] == str(visit.person_id)
        card = cards.card(row["unit_id"], row["current_year"], row["unit_name"] or row["unit_code"] or "")
        if mine:
            due = date.fromisoformat(row["due"]) if row["due"] else None
            card.tasks.append(Task(visit.text(N_("Følg opp et punkt")), note=text, due=due))
        else:
            card.notes.append(visit.text(N_("Regionen følger opp fra i fjor: %(point)s"), point=text))


async def _seats(visit: Visit, asking: Asking, cards: Cards) -> None:
    """Candidates whom the person's region is to appoint."""
    registry = visit.services.registry
    for region in sorted(_held(visit, "appointing_authority", "region")):
        rows = await asking.or_else(listed(registry, "/appointments", step="proposed", region=region), [])
        mine = [row for row in rows if row["seat_region"] in (None, region)]
        names = await asyncio.gather(*(asking.or_else(registry.get(f"/units/{r['unit_id']}"), {}) for r in mine))
        for row, unit in zip(mine, names, strict=True):
            card = cards.card(row["unit_id"], None, unit.get("name_nb") or "")
            card.tasks.append(Task(visit.text(N_("Oppnevn eller avslå et foreslått medlem")), note=_seat(visit, row)))


def _seat(visit: Visit, row: Json) -> str:
    if row["seat_region"]:
        return str(visit.text(N_("Plassen for %(region)s"), region=REGIONS[row["seat_region"]]))
    word = _SEATS.get(row["seat"], "")
    return str(visit.text(word)) if word else ""
