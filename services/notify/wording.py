"""What the messages say, in bokmål; the catalogues hold nynorsk and English.

A message says that something has happened and where to read it: the unit's public name, a year and a date, never
what somebody wrote, and no person's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.notify.occasion import Occasion


@dataclass(frozen=True)
class Wording:
    """A subject and the paragraphs below it; ``{unit}``, ``{year}`` and ``{deadline}`` are filled in."""

    subject: str
    body: tuple[str, ...]


GREETING = "Hei."
OPEN = "Åpne i Aarring"
WHY = "Du får denne meldingen fordi du har en rolle i årsrapporteringen av nasjonale tjenester."
CHOOSE = "Her velger du språk og hvilke meldinger du vil ha:"
NO_REPLY = "Meldingen er sendt automatisk. Svar på den blir ikke lest; regionens servicemiljø hjelper deg gjerne."
THE_UNIT = "enheten"
FRAME = (GREETING, OPEN, WHY, CHOOSE, NO_REPLY, THE_UNIT)

WORDINGS: Mapping[Occasion, Wording] = {
    Occasion.FORM_SENT: Wording(
        "Årsrapporten for {year} kan fylles ut: {unit}",
        (
            "Skjemaet for årsrapporten {year} for {unit} er åpnet. Fristen er {deadline}.",
            "Det går fint å skrive litt om gangen; alt blir lagret underveis.",
        ),
    ),
    Occasion.UNIT_PART_DONE: Wording(
        "Enhetens del er ferdig: {unit}",
        (
            "Enheten har meldt sin del av årsrapporten {year} for {unit} ferdig.",
            "Nå kan referansegruppen lese den og svare.",
        ),
    ),
    Occasion.GROUP_PART_DONE: Wording(
        "Gruppens del er ferdig: {unit}",
        (
            "Referansegruppen har meldt sin del av årsrapporten {year} for {unit} ferdig.",
            "Når alt er på plass, kan faglig ansvarlig levere.",
        ),
    ),
    Occasion.UNIT_CHANGED: Wording(
        "Enheten har endret noe etter at gruppen svarte: {unit}",
        (
            "Enheten har endret sin del av årsrapporten {year} for {unit} etter at referansegruppen svarte.",
            "Se gjerne om gruppens svar fortsatt står seg.",
        ),
    ),
    Occasion.ENTERED_ON_BEHALF: Wording(
        "Et svar er ført inn på dine vegne: {unit}",
        (
            "Gruppens leder har ført inn et svar på dine vegne i årsrapporten {year} for {unit}.",
            "Du kan bekrefte det eller skrive et annet fram til rapporten leveres.",
        ),
    ),
    Occasion.NOTICE_GIVEN: Wording(
        "Enheten ønsker å levere: {unit}",
        (
            "Faglig ansvarlig ønsker å levere årsrapporten {year} for {unit}, og noen av gruppens svar mangler.",
            "Gruppen kan svare til {deadline}, eller samtykke i at rapporten leveres.",
        ),
    ),
    Occasion.REMINDER: Wording(
        "Påminnelse om årsrapporten: {unit}",
        (
            "Årsrapporten {year} for {unit} skal leveres innen {deadline}, og det gjenstår noe hos deg.",
            "Trenger dere mer tid, så ta kontakt med regionens servicemiljø i god tid.",
        ),
    ),
    Occasion.OVERDUE: Wording(
        "Fristen for årsrapporten er passert: {unit}",
        (
            "Fristen for årsrapporten {year} for {unit} var {deadline}. Rapporten kan fortsatt leveres.",
            "Ta kontakt med regionens servicemiljø hvis noe står i veien.",
        ),
    ),
    Occasion.SUBMITTED: Wording(
        "Kvittering: årsrapporten er levert: {unit}",
        (
            "Årsrapporten {year} for {unit} er levert.",
            "Kvitteringen og rapporten slik den ble levert finner du i Aarring.",
        ),
    ),
    Occasion.SUBMITTED_COPY: Wording(
        "Årsrapporten er levert: {unit}",
        ("Årsrapporten {year} for {unit} er levert. Du kan lese den slik den ble levert.",),
    ),
    Occasion.SUBMITTED_LATE: Wording(
        "Levert etter fristen: {unit}",
        ("Årsrapporten {year} for {unit} ble levert etter fristen, uten forlengelse.",),
    ),
    Occasion.ADDENDUM: Wording(
        "Gruppen har ettersendt et svar: {unit}",
        ("Et svar fra referansegruppen er føyd til den leverte årsrapporten {year} for {unit}.",),
    ),
    Occasion.EXTENSION: Wording(
        "Forlenget frist: {unit}",
        ("Årsrapporten {year} for {unit} har fått forlenget frist. Den nye fristen er {deadline}.",),
    ),
    Occasion.DEADLINE_CHANGED: Wording(
        "Fristen for årsrapportene for {year} er flyttet",
        ("Fristen for årsrapportene for {year} er nå {deadline}. Forlengelser som er gitt, står ved lag.",),
    ),
    Occasion.REOPENED: Wording(
        "Årsrapporten er åpnet igjen: {unit}",
        ("Årsrapporten {year} for {unit} er åpnet igjen og kan endres. Grunnen står i Aarring.",),
    ),
    Occasion.RETURNED: Wording(
        "Årsrapporten er returnert for retting: {unit}",
        ("Regionen har returnert årsrapporten {year} for {unit} for retting. Grunnen står i Aarring.",),
    ),
    Occasion.QUERY: Wording(
        "Regionen har et spørsmål: {unit}",
        ("Regionen har et spørsmål til årsrapporten {year} for {unit}. Du kan lese det og svare i Aarring.",),
    ),
    Occasion.QUERY_ANSWERED: Wording(
        "Enheten har svart på et spørsmål: {unit}",
        ("Enheten har svart på et spørsmål til årsrapporten {year} for {unit}.",),
    ),
    Occasion.FEEDBACK: Wording(
        "Tilbakemelding på årsrapporten: {unit}",
        ("Regionen har gitt tilbakemelding på årsrapporten {year} for {unit}.",),
    ),
    Occasion.SENT_TO_MINISTRY: Wording(
        "Årsrapportene for {year} er oversendt departementet",
        ("Årsrapportene for {year} er lagt fram for fagdirektørmøtet og oversendt departementet.",),
    ),
    Occasion.PROPOSAL_RECEIVED: Wording(
        "Forslag til medlem: {unit}",
        ("{unit} har foreslått et medlem. Forslaget venter på servicemiljøet.",),
    ),
    Occasion.APPOINTED: Wording(
        "Du er oppnevnt: {unit}",
        ("Du er oppnevnt som medlem for {unit}. I Aarring ser du plassen din og hva den innebærer.",),
    ),
    Occasion.DECLINED: Wording(
        "Forslag til medlem ble ikke fulgt: {unit}",
        ("Et forslag til medlem for {unit} ble ikke fulgt. Grunnen står i Aarring.",),
    ),
    Occasion.APPOINTMENT_INFORMATION: Wording(
        "Orientering om oppnevning: {unit}",
        ("Et medlem er oppnevnt for {unit}. Du ser sammensetningen i Aarring.",),
    ),
    Occasion.REDACTION: Wording(
        "En tekst er fjernet: {unit}",
        ("En tekst i årsrapporten {year} for {unit} er fjernet fra historikken. Når og hvorfor står i Aarring.",),
    ),
    Occasion.ADDRESS_BOUNCED: Wording(
        "En e-postadresse tar ikke imot",
        ("Adressen til en person i regionen tok ikke imot en melding. Se om adressen bør rettes.",),
    ),
    Occasion.DIGEST: Wording(
        "Meldinger fra Aarring",
        ("Dette har skjedd siden sist:",),
    ),
}


def phrases() -> Iterator[str]:
    """Everything there is to translate."""
    yield from FRAME
    for wording in WORDINGS.values():
        yield wording.subject
        yield from wording.body
