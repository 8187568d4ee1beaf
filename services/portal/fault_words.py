"""What people are told when something goes wrong, by what went wrong: what happened, and what they can do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.portal.languages import N_


@dataclass(frozen=True)
class Fault:
    """A kind of fault: its heading, what happened, and what can be done about it."""

    title: str
    happened: str
    advice: Sequence[str] = ()
    again: bool = False
    """Whether it may help to try once more."""


FAULTS: Mapping[int, Fault] = {
    400: Fault(
        N_("Vi forsto ikke det som ble sendt"),
        N_("Noe i skjemaet mangler eller har feil form. Ingenting er endret."),
        [N_("Gå tilbake, se over feltene og send på nytt.")],
    ),
    403: Fault(
        N_("Du har ikke tilgang til dette"),
        N_("Siden finnes, men ingen av rollene dine gir tilgang til den."),
        [
            N_("Kontroller at du er logget inn som riktig person."),
            N_("Mener du at du skal ha tilgang, kan regionens servicemiljø gi deg riktig rolle."),
        ],
    ),
    404: Fault(
        N_("Vi fant ikke siden"),
        N_("Siden finnes ikke, eller den er ikke for deg. Kanskje er lenken gammel eller skrevet feil."),
        [N_("Begynn på forsiden; der står alt som venter på deg.")],
    ),
    405: Fault(
        N_("Denne adressen er ikke til å åpne"),
        N_("Adressen brukes når et skjema sendes inn. Ingenting er endret."),
        [N_("Begynn på forsiden, og gå derfra til skjemaet.")],
    ),
    409: Fault(
        N_("Det lot seg ikke gjøre nå"),
        N_("Noe er endret siden du åpnet siden, eller en regel er til hinder. Ingenting er endret av det du sendte."),
        [N_("Gå tilbake, last siden på nytt og se hva som gjelder nå.")],
    ),
    413: Fault(
        N_("Det du sendte, er for stort"),
        N_("Teksten er lengre enn vi kan ta imot. Ingenting er endret."),
        [N_("Gå tilbake og del teksten opp, eller kort den ned.")],
    ),
    500: Fault(
        N_("Noe gikk galt hos oss"),
        N_("Feilen er vår, og den er registrert. Det som var lagret, er lagret fortsatt."),
        [N_("Prøv en gang til om litt. Skjer det igjen, hjelper regionens servicemiljø deg.")],
        again=True,
    ),
    503: Fault(
        N_("En del av Aarring svarer ikke akkurat nå"),
        N_("Det pleier å gå over i løpet av et minutt. Det som var lagret, er lagret fortsatt."),
        [N_("Vent litt og prøv igjen.")],
        again=True,
    ),
}
OVER = Fault(
    N_("Du er logget ut"),
    N_("Du har ikke gjort noe her på en stund, og da logger vi deg ut av hensyn til andre som bruker samme maskin."),
    [N_("Logg inn på nytt, så kommer du tilbake dit du var.")],
)
FORGED = Fault(
    N_("Skjemaet er for gammelt"),
    N_("Siden ble åpnet før du logget inn, eller av noen andre. Ingenting er endret."),
    [N_("Gå tilbake, last siden på nytt og send en gang til.")],
)
_MEANS = {401: 500, 412: 409, 422: 400, 428: 409}
"""Statuses that mean to people what another means: a service that takes our token for none is our fault."""


def fault_of(status: int) -> Fault:
    """What to tell of an answer with this status."""
    return FAULTS.get(_MEANS.get(status, status)) or FAULTS[400 if status < 500 else 500]
