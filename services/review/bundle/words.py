"""The Bokmål words of a bundle's pages, for what data names by a code."""

from __future__ import annotations

from collections.abc import Mapping

REGIONS: Mapping[str, str] = {
    "nord": "Helse Nord",
    "midt": "Helse Midt-Norge",
    "vest": "Helse Vest",
    "sor_ost": "Helse Sør-Øst",
    "abroad": "utlandet",
    "unknown": "ukjent",
}

KINDS: Mapping[str, str] = {
    "national_treatment_service": "nasjonal behandlingstjeneste",
    "multiregional_treatment_service": "flerregional behandlingstjeneste",
    "national_competence_service": "nasjonal kompetansetjeneste",
    "national_centre": "nasjonalt senter",
    "quality_competence_network": "nasjonalt kvalitets- og kompetansenettverk",
    "regional_competence_centre": "regionalt kompetansesenter",
    "regional_competence_service": "regional kompetansetjeneste",
}

ROLES: Mapping[str, str] = {
    "professional_lead": "Faglig ansvarlig",
    "site_lead": "Faglig ansvarlig ved andre sted",
    "coordinator": "Koordinator",
    "administrative_leader": "Administrativ leder",
    "group_leader": "Referansegruppens leder",
    "group_member": "Referansegruppemedlem",
    "user_representative": "Brukerrepresentant",
    "unit_representative": "Tjenestens representant i referansegruppen",
    "network_member": "Nettverksmedlem",
}

TIMINGS: Mapping[str, str] = {
    "in_time": "i rett tid",
    "in_time_by_extension": "i rett tid etter utsettelse",
    "in_grace": "etter fristen, innen utvidet frist",
    "late": "for sent",
}

CATEGORIES: Mapping[str, str] = {
    "equal_access": "Likeverdig tilgang",
    "results": "Resultatmål og resultater",
    "activity_towards_regions": "Aktivitet overfor regionene",
    "research": "Forskning",
    "reference_group": "Referansegruppen",
    "comments_on_report": "Referansegruppen har merknader til det som er rapportert",
    "does_not_function": "Referansegruppen fungerer ikke",
    "cannot_find_members": "Referansegruppen mangler medlemmer",
    "poor_cooperation": "Dårlig samarbeid med referansegruppen",
    "wrong_composition": "Referansegruppen er ikke riktig sammensatt",
    "website": "Nettsted",
    "other": "Annet",
}

LEVELS: Mapping[str, str] = {"regional": "regionalt", "national": "nasjonalt"}
STATUSES: Mapping[str, str] = {"open": "åpent", "carried": "ført videre til neste år", "closed": "lukket"}

FIELDS: Mapping[str, str] = {
    "title": "Tittel",
    "authors": "Forfattere",
    "journal": "Tidsskrift",
    "year": "År",
    "doi": "DOI",
    "pmid": "PMID",
    "link": "Lenke",
    "relevance": "Hvorfor artikkelen er tatt med",
    "collaborating_regions": "Samarbeidende regioner",
    "candidate": "Kandidat",
    "institution": "Institusjon",
    "disputation_on": "Disputas",
    "main_supervisor": "Hovedveileder",
    "leader": "Prosjektleder",
    "starts_on": "Fra",
    "ends_on": "Til",
    "status": "Status",
    "funders": "Finansiering",
    "partner_regions": "Deltakende regioner",
    "ethics_reference": "REK-nummer",
    "result": "Resultat",
    "kind": "Type",
    "target_group": "Målgruppe",
    "regions_reached": "Regioner som ble nådd",
    "dates": "Datoer",
    "hours": "Timer",
    "participants": "Deltakere",
    "digital": "Digitalt",
    "arena": "Arena",
    "held_on": "Dato",
    "level": "Nivå",
    "regions": "Regioner",
    "name": "Navn",
    "measure_id": "Målets kode",
    "definition": "Definisjon",
    "declared": "Oppgitt",
    "trust": "Helseforetak",
    "by_region": "Fordelt på region",
    "total": "Totalt",
    "total_reason": "Hvorfor summen er en annen",
    "by_site": "Fordelt på sted",
    "comment": "Kommentar",
    "coverage_percent": "Dekningsgrad (prosent)",
    "used_for": "Brukes til",
}

DAYS = frozenset({"disputation_on", "starts_on", "ends_on", "held_on", "dates"})
"""The fields that hold a date, or several."""

AMOUNTS = frozenset({"hours", "coverage_percent"})
"""The fields that hold a number which need not be whole."""

VALUES: Mapping[str, str] = {
    **REGIONS,
    "planned": "planlagt",
    "ongoing": "pågår",
    "completed": "avsluttet",
    "discontinued": "avbrutt",
    "course": "kurs",
    "seminar": "seminar",
    "observership": "hospitering",
    "e_learning": "e-læring",
    "basic": "grunnutdanning",
    "post_graduate": "etter- og videreutdanning",
    "supervision": "veiledning",
    "lecture": "foredrag",
    "poster": "poster",
    "guideline": "retningslinje",
    "report": "rapport",
    "book": "bok",
    "media": "medier",
    "podcast": "podkast",
    "patient_material": "pasientinformasjon",
    "website": "nettsted",
    "local": "lokalt",
    "regional": "regionalt",
    "national": "nasjonalt",
    "international": "internasjonalt",
    "total_only": "bare samlet tall",
    "by_region": "fordelt på region",
    "national_quality_registry": "nasjonalt kvalitetsregister",
    "local_registry": "lokalt register",
    "procedure": "prosedyre",
    "biobank": "biobank",
    "prom_prem": "pasientrapporterte mål (PROM, PREM)",
    "international_registry": "internasjonalt register",
    "other": "annet",
}
"""What the chosen values of an activity's fields are called."""

CHOSEN_FROM = frozenset(
    {
        "kind",
        "status",
        "level",
        "declared",
        "collaborating_regions",
        "partner_regions",
        "regions_reached",
        "regions",
    }
)
"""Fields whose values are codes; all others hold what somebody wrote."""
