"""The forms of what a unit reports of spreading competence: its teaching and its dissemination."""

from __future__ import annotations

from services.portal.languages import N_
from services.portal.pages.activity.choices import Choice, Flag, Ticked
from services.portal.pages.activity.fields import NAME, Line, Link
from services.portal.pages.activity.kind import LINK, REGIONS, Kind
from services.portal.pages.activity.quantities import Day, Days, Decimal, Whole

_TARGET_GROUP = N_("Målgruppe")
_REACHED = N_("Regioner som ble nådd")
_TYPE = N_("Type")

TEACHING = Kind(
    name="teaching",
    add=N_("Legg til undervisning"),
    change=N_("Endre undervisning"),
    none=N_("Ingen undervisning er ført opp ennå."),
    heading="title",
    brief=("kind", "dates", "participants", "target_group"),
    carried=("title", "kind", "target_group", "regions_reached", "hours", "digital", "link"),
    parts=(
        Line(name="title", label=N_("Hva ble det undervist i?")),
        Choice(
            name="kind",
            label=_TYPE,
            choices=(
                ("course", N_("Kurs")),
                ("seminar", N_("Seminar")),
                ("observership", N_("Hospitering")),
                ("e_learning", N_("E-læring")),
                ("basic", N_("Grunnutdanning")),
                ("post_graduate", N_("Videreutdanning")),
                ("supervision", N_("Veiledning")),
            ),
        ),
        Line(name="target_group", label=_TARGET_GROUP, most=NAME),
        Ticked(name="regions_reached", label=_REACHED, choices=REGIONS),
        Days(name="dates", label=N_("Datoer"), hint=N_("Én på hver linje, slik: dd.mm.åååå")),
        Decimal(name="hours", label=N_("Timer i alt")),
        Whole(name="participants", label=N_("Deltakere")),
        Flag(name="digital", label=N_("Foregikk det digitalt?")),
        Link(name="link", label=LINK),
    ),
)

DISSEMINATION = Kind(
    name="dissemination",
    add=N_("Legg til formidling"),
    change=N_("Endre formidling"),
    none=N_("Ingen formidling er ført opp ennå."),
    heading="title",
    brief=("kind", "arena", "held_on", "level"),
    carried=("title", "kind", "arena", "level", "target_group", "regions", "link"),
    parts=(
        Line(name="title", label=N_("Hva ble formidlet?")),
        Choice(
            name="kind",
            label=_TYPE,
            choices=(
                ("lecture", N_("Foredrag")),
                ("poster", N_("Poster")),
                ("guideline", N_("Retningslinje")),
                ("report", N_("Rapport")),
                ("book", N_("Bok")),
                ("media", N_("Medieoppslag")),
                ("podcast", N_("Podkast")),
                ("patient_material", N_("Pasientinformasjon")),
                ("website", N_("Nettsted")),
            ),
        ),
        Line(
            name="arena",
            label=N_("Arena"),
            hint=N_("For eksempel konferansen, tidsskriftet eller nettstedet."),
            most=NAME,
        ),
        Day(name="held_on", label=N_("Dato")),
        Choice(
            name="level",
            label=N_("Nivå"),
            choices=(
                ("local", N_("Lokalt")),
                ("regional", N_("Regionalt")),
                ("national", N_("Nasjonalt")),
                ("international", N_("Internasjonalt")),
            ),
        ),
        Line(name="target_group", label=_TARGET_GROUP, most=NAME),
        Ticked(name="regions", label=_REACHED, choices=REGIONS),
        Link(name="link", label=LINK),
    ),
)
