"""What happened to a report, one sentence each: the verb after the name of whoever did it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.portal.languages import N_, Tongue
from services.portal.pages.history.happenings import Happening, Matter

MATTERS: Mapping[Matter, str] = {
    Matter.ANSWERS: N_("Svar"),
    Matter.LINES: N_("Oppføringer i lister"),
    Matter.PERSONS: N_("Hvem som vises"),
    Matter.HANDING_IN: N_("Innsending og frister"),
    Matter.REMOVAL: N_("Fjerning av tekst"),
}
_WRITING = {
    "Answered": N_("endret svaret på «%(question)s»"),
    "EnteredOnBehalf": N_("førte inn svaret på «%(question)s» på vegne av den som svarer"),
    "AnswerConfirmed": N_("bekreftet svaret på «%(question)s»"),
    "GroupAnswersOutdated": N_("endret enhetens del, slik at svar fra referansegruppen bygger på en eldre versjon"),
    "AddendumSigned": N_("ettersendte svaret på «%(question)s»"),
    "EntryAdded": N_("la til en oppføring i «%(question)s»"),
    "EntryChanged": N_("endret en oppføring i «%(question)s»"),
    "EntryMoved": N_("flyttet en oppføring i «%(question)s»"),
    "EntryRemoved": N_("tok bort en oppføring i «%(question)s»"),
    "EntryRestored": N_("satte tilbake en oppføring i «%(question)s»"),
}
_FIRST_ANSWER = N_("besvarte «%(question)s»")
_TAKEN_BACK = N_("slettet svaret på «%(question)s»")
_NOTHING = {
    True: N_("svarte at det ikke er noe å rapportere under «%(question)s»"),
    False: N_("tok tilbake at det ikke er noe å rapportere under «%(question)s»"),
}
_HANDING_IN = {
    "Opened": N_("åpnet rapporten"),
    "DescriptionUpdated": N_("registrerte en ny godkjent beskrivelse"),
    "NoticeGiven": N_("varslet referansegruppens leder om at enheten vil sende inn"),
    "ConsentGiven": N_("samtykket til at rapporten sendes inn uten alle svarene fra referansegruppen"),
    "Submitted": N_("signerte og sendte inn rapporten (levering %(number)s)"),
    "Extended": N_("ga rapporten frist til %(until)s"),
    "Exempted": N_("fritok enheten fra å rapportere"),
    "Withdrawn": N_("trakk rapporten"),
    "Reopened": N_("åpnet rapporten på nytt"),
    "Returned": N_("returnerte levering %(number)s for retting"),
    "Presented": N_("registrerte at rapporten er lagt fram på fagdirektørmøtet"),
    "RedactionRequested": N_("ba om at en tekst blir fjernet fra historikken: «%(question)s»"),
    "Redacted": N_("godkjente at en tekst ble fjernet for godt: «%(question)s»"),
    "RedactionRejected": N_("avslo å fjerne en tekst fra historikken"),
}
_PARTS = {
    ("PartFinished", "unit"): N_("meldte enhetens del ferdig"),
    ("PartFinished", "group"): N_("meldte referansegruppens del ferdig"),
    ("PartUnfinished", "unit"): N_("tok tilbake at enhetens del er ferdig"),
    ("PartUnfinished", "group"): N_("tok tilbake at referansegruppens del er ferdig"),
}
_SHOWN = {
    True: N_("valgte at %(person)s vises offentlig"),
    False: N_("valgte at %(person)s ikke vises offentlig"),
}
_ELSE = N_("gjorde noe som denne siden ikke kjenner: %(event)s")


class Sentences:
    """Says what happened; ``questions`` and ``persons`` are labels by question id and names by assignment."""

    def __init__(self, questions: Mapping[str, str], persons: Mapping[str, str], tongue: Tongue) -> None:
        self._questions, self._persons, self._tongue = questions, persons, tongue

    @classmethod
    def of(cls, form: Mapping[str, Any], tongue: Tongue) -> Sentences:
        """With the labels and names that a report's form has."""
        questions = {question["id"]: question["label"][tongue.language] for question in form["questions"]}
        persons = {person["assignment_id"]: person["name"] for person in form["persons"] if person["name"]}
        return cls(questions, persons, tongue)

    def said(self, happening: Happening) -> str:
        """The sentence without its subject."""
        data = happening.data
        question = happening.question_id or ""
        return self._tongue.text(
            _message(happening),
            question=self._questions.get(question, question),
            person=self._persons.get(str(data.get("assignment_id")), self._tongue.text(N_("en person"))),
            number=data.get("number", ""),
            until=self._tongue.moment(data["until"]) if "until" in data else "",
            event=happening.event,
        )

    def reason(self, happening: Happening) -> str:
        """Why, where a reason was given."""
        return str(happening.data.get("reason") or happening.data.get("excuse") or "")


def _message(happening: Happening) -> str:
    event, data = happening.event, happening.data
    if event == "Answered" and happening.old is None:
        return _FIRST_ANSWER
    if event == "Answered" and _is_empty(happening.new):
        return _TAKEN_BACK
    if event == "NothingDeclared":
        return _NOTHING[bool(data["declared"])]
    if event == "PersonShown":
        return _SHOWN[bool(data["public"])]
    if (part := _PARTS.get((event, str(data.get("part"))))) is not None:
        return part
    return _WRITING.get(event) or _HANDING_IN.get(event) or _ELSE


def _is_empty(text: Any) -> bool:
    return isinstance(text, dict) and text.get("length") == 0
