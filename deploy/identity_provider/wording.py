"""What its pages say, in the languages of the portal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast, get_args

from deploy.identity_provider.people import Language

WORDING: Mapping[Language, Mapping[str, str]] = {
    "nb": {
        "title": "Testinnlogging",
        "warning": "Dette er ikke en ekte innlogging. Personene er oppdiktet, og ingen må bevise hvem de er.",
        "choose": "Hvem vil du logge inn som?",
        "number": "Syntetisk fødselsnummer",
        "low": "Logger inn på nivå 3, som er for lavt",
        "cancel": "Avbryt innloggingen",
        "gone": "Denne innloggingen gjelder ikke lenger",
        "begin_again": "Den er brukt, eller det er gått for lang tid. Gå tilbake og logg inn på nytt.",
        "back": "Gå til portalen",
        "out": "Du er logget ut",
        "nobody": "Det er ingen å logge inn som ennå. Eksemplene er ikke klare; last siden på nytt om litt.",
    },
    "nn": {
        "title": "Testinnlogging",
        "warning": "Dette er ikkje ei ekte innlogging. Personane er oppdikta, og ingen må vise kven dei er.",
        "choose": "Kven vil du logge inn som?",
        "number": "Syntetisk fødselsnummer",
        "low": "Loggar inn på nivå 3, som er for lågt",
        "cancel": "Avbryt innlogginga",
        "gone": "Denne innlogginga gjeld ikkje lenger",
        "begin_again": "Ho er brukt, eller det har gått for lang tid. Gå tilbake og logg inn på nytt.",
        "back": "Gå til portalen",
        "out": "Du er logga ut",
        "nobody": "Det er ingen å logge inn som enno. Døma er ikkje klare; last sida på nytt om litt.",
    },
    "en": {
        "title": "Test login",
        "warning": "This is not a real login. The people are invented, and nobody has to prove who they are.",
        "choose": "Whom do you want to log in as?",
        "number": "Synthetic national identity number",
        "low": "Logs in at level 3, which is too low",
        "cancel": "Cancel the login",
        "gone": "This login is no longer valid",
        "begin_again": "It has been used, or too much time has passed. Go back and log in again.",
        "back": "Go to the portal",
        "out": "You are logged out",
        "nobody": "There is nobody to log in as yet. The examples are not ready; reload the page in a while.",
    },
}

GROUPS: Mapping[Language, Mapping[str, str]] = {
    "nb": {
        "writers": "Skriver for en enhet",
        "reference_groups": "I en referansegruppe",
        "regions": "Arbeider i en region",
        "national": "Arbeider nasjonalt",
        "others": "Andre",
    },
    "nn": {
        "writers": "Skriv for ei eining",
        "reference_groups": "I ei referansegruppe",
        "regions": "Arbeider i ein region",
        "national": "Arbeider nasjonalt",
        "others": "Andre",
    },
    "en": {
        "writers": "Write for a unit",
        "reference_groups": "In a reference group",
        "regions": "Work in a region",
        "national": "Work nationally",
        "others": "Others",
    },
}
"""The headings people stand under; a group without one stands without."""


def language(wanted: str) -> Language:
    """The first of the languages wanted (``ui_locales``) that there is, else bokmål."""
    known = get_args(Language)
    return cast(Language, next((tag for each in wanted.split() if (tag := each.split("-")[0]) in known), "nb"))
