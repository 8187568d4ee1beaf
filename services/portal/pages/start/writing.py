"""What a person is to do in the reports that are being written, said in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.portal.languages import N_, Tongue
from services.portal.pages.start.cards import Cards, Task

Json = Mapping[str, Any]
_PLACES: Mapping[str, str] = {
    "answer_group_questions": "/evaluering",
    "look_again": "/evaluering",
    "confirm_answers": "/evaluering",
    "send_addendum": "/evaluering",
    "mend_returned": "/retur",
    "mend_faults": "/kontroll",
    "submit": "/kontroll",
    "finish_unit_part": "/kontroll",
    "finish_group_part": "/kontroll",
    "consider_consent": "/kontroll",
}
"""Where in the report it is done; all else begins with the first part."""
_ONCE: Mapping[str, str] = {
    "finish_unit_part": N_("Si fra at enhetens del er ferdig"),
    "finish_group_part": N_("Si fra at referansegruppens del er ferdig"),
    "submit": N_("Kontroller og send inn rapporten"),
    "consider_consent": N_("Ta stilling til om rapporten kan sendes inn uten alle svarene fra gruppen"),
    "send_addendum": N_("Ettersend svaret ditt: rapporten er levert uten det"),
    "mend_returned": N_("Rett rapporten: regionen har returnert den"),
}
_PARTIES: Mapping[str, str] = {"unit": N_("Enhetens del"), "group": N_("Referansegruppens del")}


def add_reports(cards: Cards, items: list[Json], says: Tongue) -> None:
    """The tasks that reporting knows of."""
    for item in items:
        card = cards.card(item["unit"]["unit_id"], item["year"], item["unit"]["name"])
        cards.tell_report(card, item)
        card.parties = [_party(name, item["parts"][name], says) for name in _PARTIES if item["parts"].get(name)]
        for task in item["tasks"]:
            if said := _said(task, says):
                card.tasks.append(Task(said, card.address + _PLACES.get(task["kind"], "")))


def _party(name: str, part: Json, says: Tongue) -> Json:
    return {"title": says.text(_PARTIES[name]), **part}


def _said(task: Json, says: Tongue) -> str:
    """The task in words; nothing for one that this page does not know."""
    count = int(task.get("count") or len(task.get("questions") or ()))
    match task["kind"]:
        case "write_unit_part":
            return says.ngettext(
                "Skriv enhetens del: %(num)s svar mangler", "Skriv enhetens del: %(num)s svar mangler", count
            )
        case "answer_group_questions":
            return says.ngettext(
                "Svar på %(num)s spørsmål til referansegruppen",
                "Svar på %(num)s spørsmål til referansegruppen",
                count,
            )
        case "mend_faults":
            return says.ngettext("Rett %(num)s feil", "Rett %(num)s feil", count)
        case "look_again":
            return says.ngettext(
                "Se over %(num)s svar på nytt: enheten har endret sin del",
                "Se over %(num)s svar på nytt: enheten har endret sin del",
                count,
            )
        case "confirm_answers":
            return says.ngettext(
                "Bekreft %(num)s svar som lederen har ført inn for deg",
                "Bekreft %(num)s svar som lederen har ført inn for deg",
                count,
            )
        case kind:
            return says.text(_ONCE[kind]) if kind in _ONCE else ""
