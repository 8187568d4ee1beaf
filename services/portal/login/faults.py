"""What people see when a login came to nothing, and the way on from there."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import structlog
from fastapi import Request
from fastapi.responses import Response

from services.portal.fault_words import Fault
from services.portal.faults import shown
from services.portal.languages import N_
from services.portal.login.refusals import LevelTooLow, LoginCancelled, LoginFailed, LoginOver, ProviderAway

log = structlog.get_logger()
REFUSED = Fault(
    N_("Innloggingen kunne ikke godtas"),
    N_("Svaret fra innloggingstjenesten stemte ikke med det vi ba om. Du er ikke logget inn."),
    [
        N_("Logg inn på nytt."),
        N_("Skjer det igjen, hjelper regionens servicemiljø deg. Oppgi referansen nedenfor."),
    ],
)
FAULTS: Mapping[type[LoginFailed], tuple[int, Fault]] = {
    LoginCancelled: (
        403,
        Fault(
            N_("Innloggingen ble avbrutt"),
            N_("Du er ikke logget inn, og ingenting er endret."),
            [N_("Logg inn på nytt når du er klar.")],
        ),
    ),
    LoginOver: (
        400,
        Fault(
            N_("Denne innloggingen gjelder ikke lenger"),
            N_("Den er brukt før, ble begynt i en annen nettleser, eller det er gått for lang tid."),
            [
                N_("Logg inn på nytt, så kommer du dit du skulle."),
                N_("Skjer det igjen, må nettleseren ta imot informasjonskapsler fra Aarring."),
            ],
        ),
    ),
    LevelTooLow: (
        403,
        Fault(
            N_("Du må logge inn på et høyere sikkerhetsnivå"),
            N_("Aarring krever innlogging på nivå høyt (4), for eksempel med BankID eller Buypass."),
            [N_("Logg inn på nytt, og velg en innloggingsmåte på nivå høyt.")],
        ),
    ),
    ProviderAway: (
        503,
        Fault(
            N_("Innloggingstjenesten svarer ikke akkurat nå"),
            N_("Du er ikke logget inn. Det pleier å gå over i løpet av noen minutter."),
            [N_("Vent litt og prøv igjen.")],
        ),
    ),
}
UNKNOWN = Fault(
    N_("Vi får ikke slått opp hvem du er, akkurat nå"),
    N_("Registeret over personer og roller svarer ikke. Du er ikke logget inn."),
    [N_("Vent litt og prøv igjen.")],
)


async def failed(request: Request, fault: LoginFailed, wanted: str) -> Response:
    """The page of a login that came to nothing, with the way to try again and get to where one wanted."""
    status, told = FAULTS.get(type(fault), (400, REFUSED))
    log.warning("login_failed", code=fault.code, why=str(fault))
    return await shown(request, status, told, code=fault.code, login=again(wanted), retry_after=_patience(status))


async def registry_away(request: Request, wanted: str) -> Response:
    """The login held, and nobody could say whose it is."""
    return await shown(request, 503, UNKNOWN, code="registry_away", login=again(wanted), retry_after=_patience(503))


def again(wanted: str) -> str:
    """The address at which to log in once more."""
    return f"/login?next={quote(wanted, safe='')}"


def _patience(status: int) -> int:
    return 10 if status == 503 else 0
