"""The forms of what a unit reports of its treatment: clinical activity in figures, and the tools of quality."""

from __future__ import annotations

from functools import lru_cache

from services.portal.languages import N_
from services.portal.pages.activity.choices import Choice
from services.portal.pages.activity.fields import NAME, Hidden, Line, Link, Long
from services.portal.pages.activity.kind import LINK, REGIONS, Group, Kind
from services.portal.pages.activity.quantities import Decimal, Whole

SITES_OF_MULTIREGIONAL = 2
"""A multiregional service treats at two trusts."""
_PLACES = (*REGIONS, ("abroad", N_("Utlandet")), ("unknown", N_("Ukjent bosted")))
_TOTAL = N_("Samlet tall")


def _counts(prefix: str = "") -> tuple[Whole, ...]:
    by_region = (Whole(name=f"{prefix}by_region.{place}", label=label) for place, label in _PLACES)
    return (*by_region, Whole(name=f"{prefix}total", label=_TOTAL))


def _site(number: int) -> Group:
    trust = Line(name=f"by_site.{number}.trust", label=N_("Helseforetak"), most=NAME)
    return Group(
        label=N_("Behandlingssted %(number)s"), number=number + 1, fields=(trust, *_counts(f"by_site.{number}."))
    )


_WHAT_IS_COUNTED = (
    Hidden(name="measure_id", label=""),
    Line(name="name", label=N_("Hva telles?"), hint=N_("For eksempel nyhenviste pasienter.")),
    Long(
        name="definition",
        label=N_("Definisjon"),
        hint=N_("Forklar hva som telles, slik at tallet kan sammenlignes fra år til år."),
        rows=3,
    ),
    Choice(
        name="declared",
        label=N_("Hvordan oppgir dere tallene?"),
        choices=(
            ("by_region", N_("Fordelt på regionen pasienten bor i")),
            ("total_only", N_("Bare et samlet tall")),
        ),
        given="by_region",
    ),
)
_FIGURES = Group(
    label=N_("Tall"),
    hint=N_("La et felt stå tomt når tallet er ukjent. Skriv 0 når det er null."),
    fields=_counts(),
)
_REMARKS = (
    Long(
        name="total_reason",
        label=N_("Hvorfor er det samlede tallet et annet enn summen?"),
        hint=N_("Bare når tallene ikke går opp, for eksempel fordi pasienter er talt to ganger."),
        rows=2,
    ),
    Long(name="comment", label=N_("Kommentar"), rows=3),
)


@lru_cache(20)
def clinical_activity(sites: int) -> Kind:
    """The form of a measure; ``sites`` is for how many places of treatment it is given separately too."""
    return Kind(
        name="clinical_activity",
        add=N_("Legg til måltall"),
        change=N_("Endre måltall"),
        none=N_("Ingen måltall er ført opp ennå."),
        heading="name",
        brief=("total", *(f"by_region.{place}" for place, _label in _PLACES)),
        carried=("measure_id", "name", "definition", "declared"),
        parts=(*_WHAT_IS_COUNTED, _FIGURES, *map(_site, range(sites)), *_REMARKS),
    )


CLINICAL_ACTIVITY = clinical_activity(sites=0)

QUALITY_TOOL = Kind(
    name="quality_tool",
    add=N_("Legg til kvalitetsverktøy"),
    change=N_("Endre kvalitetsverktøy"),
    none=N_("Ingen kvalitetsverktøy er ført opp ennå."),
    heading="name",
    brief=("kind", "coverage_percent"),
    carried=("name", "kind", "link", "coverage_percent", "used_for"),
    parts=(
        Line(name="name", label=N_("Navn")),
        Choice(
            name="kind",
            label=N_("Type"),
            choices=(
                ("national_quality_registry", N_("Nasjonalt kvalitetsregister")),
                ("local_registry", N_("Lokalt register")),
                ("guideline", N_("Retningslinje")),
                ("procedure", N_("Prosedyre")),
                ("biobank", N_("Biobank")),
                ("prom_prem", N_("PROM/PREM")),
                ("international_registry", N_("Internasjonalt register")),
                ("other", N_("Annet")),
            ),
        ),
        Link(name="link", label=LINK),
        Decimal(name="coverage_percent", label=N_("Dekningsgrad i prosent"), highest=100),
        Long(name="used_for", label=N_("Hva brukes det til?"), rows=3),
    ),
)
