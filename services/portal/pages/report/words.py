"""What roles, kinds, regions and states are called in the pages of a report."""

from __future__ import annotations

from collections.abc import Mapping

from services.portal.languages import N_

ABOUT: Mapping[str, str] = {
    "national_centre": N_("Om senteret"),
    "regional_competence_centre": N_("Om senteret"),
    "quality_competence_network": N_("Om nettverket"),
}
ABOUT_SERVICE = N_("Om tjenesten")
"""The first part is named after the kind of unit; most are services."""

KINDS: Mapping[str, str] = {
    "national_treatment_service": N_("Nasjonal behandlingstjeneste"),
    "multiregional_treatment_service": N_("Flerregional behandlingstjeneste"),
    "national_competence_service": N_("Nasjonal kompetansetjeneste"),
    "national_centre": N_("Nasjonalt senter"),
    "quality_competence_network": N_("Nasjonalt kvalitets- og kompetansenettverk"),
    "regional_competence_centre": N_("Regionalt kompetansesenter"),
    "regional_competence_service": N_("Regional kompetansetjeneste"),
}

REGIONS: Mapping[str, str] = {
    "nord": "Helse Nord",
    "midt": "Helse Midt-Norge",
    "vest": "Helse Vest",
    "sor_ost": "Helse Sør-Øst",
}
"""Names of their own, the same in every language."""

ROLES: Mapping[str, str] = {
    "professional_lead": N_("faglig ansvarlig"),
    "site_lead": N_("lokal faglig ansvarlig"),
    "coordinator": N_("koordinator"),
    "administrative_leader": N_("administrativ leder"),
    "group_leader": N_("leder for referansegruppen"),
    "group_member": N_("medlem av referansegruppen"),
    "user_representative": N_("brukerrepresentant"),
    "unit_representative": N_("representant for enheten"),
    "network_member": N_("nettverksmedlem"),
    "trust_office": N_("helseforetaket"),
    "service_desk": N_("servicemiljøet"),
    "joint_desk": N_("servicemiljøene sammen"),
    "appointing_authority": N_("regionen som oppnevner"),
    "reviewer": N_("saksbehandler"),
    "directors_secretary": N_("sekretær for fagdirektørmøtet"),
    "ministry": N_("departementet"),
    "auditor": N_("revisor"),
    "system": N_("Aarring selv"),
}

STATUSES: Mapping[str, tuple[str, str]] = {
    "opened": (N_("Åpnet"), "info"),
    "in_progress": (N_("Under arbeid"), "info"),
    "submitted": (N_("Levert"), "success"),
    "returned": (N_("Returnert for retting"), "warning"),
    "reopened": (N_("Gjenåpnet"), "warning"),
    "exempted": (N_("Fritatt"), "neutral"),
    "withdrawn": (N_("Trukket"), "neutral"),
}
"""Each state with the colour of its tag; the word says the same without it."""

WRITABLE = frozenset({"opened", "in_progress", "returned", "reopened"})
"""The states in which a deadline is something to come."""
