"""The forms of what a unit reports of its research: scientific articles, doctorates and projects."""

from __future__ import annotations

from services.portal.languages import N_
from services.portal.pages.activity.choices import Choice, Ticked
from services.portal.pages.activity.fields import NAME, TITLE, Line, Link, Long, Names
from services.portal.pages.activity.kind import LINK, REGIONS, Kind
from services.portal.pages.activity.quantities import Day, Year

ARTICLE = Kind(
    name="article",
    add=N_("Legg til artikkel"),
    change=N_("Endre artikkel"),
    none=N_("Ingen artikler er ført opp ennå."),
    heading="title",
    brief=("journal", "year", "doi", "pmid"),
    parts=(
        Line(name="title", label=N_("Tittel")),
        Long(name="authors", label=N_("Forfattere"), hint=N_("Etternavn og initialer, skilt med komma."), rows=2),
        Line(name="journal", label=N_("Tidsskrift"), most=NAME),
        Year(name="year", label=N_("Publiseringsår")),
        Line(
            name="doi", label=N_("DOI"), hint=N_("For eksempel 10.1000/182. Du kan lime inn hele lenken."), most=2000
        ),
        Line(name="pmid", label=N_("PMID"), hint=N_("Nummeret artikkelen har i PubMed."), width="short", most=2000),
        Link(name="link", label=LINK, hint=N_("Trengs bare når artikkelen verken har DOI eller PMID.")),
        Long(
            name="relevance",
            label=N_("Hvorfor er artikkelen tatt med?"),
            hint=N_("Skriv kort hva den betyr for pasientene eller oppgavene deres."),
        ),
        Ticked(name="collaborating_regions", label=N_("Regioner som har samarbeidet om artikkelen"), choices=REGIONS),
    ),
)

DOCTORATE = Kind(
    name="doctorate",
    add=N_("Legg til doktorgrad"),
    change=N_("Endre doktorgrad"),
    none=N_("Ingen doktorgrader er ført opp ennå."),
    heading="title",
    brief=("candidate", "institution", "disputation_on"),
    parts=(
        Line(name="candidate", label=N_("Kandidat"), most=NAME),
        Line(name="title", label=N_("Tittel på avhandlingen")),
        Line(name="institution", label=N_("Institusjon"), most=NAME),
        Day(name="disputation_on", label=N_("Dato for disputasen")),
        Line(name="main_supervisor", label=N_("Hovedveileder"), most=NAME),
        Link(name="link", label=LINK),
    ),
)

PROJECT = Kind(
    name="project",
    add=N_("Legg til prosjekt"),
    change=N_("Endre prosjekt"),
    none=N_("Ingen prosjekter er ført opp ennå."),
    heading="title",
    brief=("leader", "status", "starts_on", "ends_on"),
    carried=(
        "title",
        "leader",
        "starts_on",
        "ends_on",
        "status",
        "funders",
        "partner_regions",
        "ethics_reference",
        "result",
    ),
    parts=(
        Line(name="title", label=N_("Tittel")),
        Line(name="leader", label=N_("Prosjektleder"), most=NAME),
        Day(name="starts_on", label=N_("Starter")),
        Day(name="ends_on", label=N_("Slutter")),
        Choice(
            name="status",
            label=N_("Status"),
            choices=(
                ("planned", N_("Planlagt")),
                ("ongoing", N_("Pågår")),
                ("completed", N_("Avsluttet")),
                ("discontinued", N_("Stanset")),
            ),
        ),
        Names(name="funders", label=N_("Finansiert av"), hint=N_("Én på hver linje.")),
        Ticked(name="partner_regions", label=N_("Regioner som deltar"), choices=REGIONS),
        Line(
            name="ethics_reference",
            label=N_("REK-nummer"),
            hint=N_("Nummeret på den etiske godkjenningen, når prosjektet trenger en."),
            most=NAME,
        ),
        Line(name="result", label=N_("Resultat på én linje"), most=TITLE),
    ),
)
