"""What the invented people of the regions write: judgements, feedback, queries, points to follow up, summaries."""

from __future__ import annotations

from deploy.demo.story import RETURNED, WITH_FIGURES, WITHOUT_AN_ANSWER, Unit

CRITERIA = {
    "equal_access": "{name} tar imot pasienter fra alle regioner. Tallene følger folketallet noenlunde.",
    "results": "Resultatene er lagt fram med tall og er på linje med tidligere år.",
    "activity_towards_regions": "Undervisning og veiledning er gitt i alle regioner, og planen er fulgt.",
    "research": "Forskningen er relevant for tjenestens egne pasienter og skjer på tvers av regioner.",
    "reference_group": "Referansegruppen arbeider godt og har svart for alle regioner.",
}
VERDICTS = {
    (WITHOUT_AN_ANSWER, "reference_group"): "follow_up",
    (RETURNED, "results"): "serious",
    (WITH_FIGURES, "equal_access"): "follow_up",
}
"""All others are ok."""
WORKS_WELL = "{name} har levert en klar rapport, og samarbeidet med regionene er godt."
TO_WORK_ON = "Fortell neste år mer om hva pasientene selv sier om resultatene."
MENDED_JUDGEMENT = "Rapporten er rettet og svarer nå på det som ble etterspurt."

QUESTION = "Hvor mange av pasientene kom fra andre regioner enn tjenestens egen?"
ANSWER = "Om lag to av tre kom fra andre regioner. Vi tar tallet med i neste års rapport."

RETURN_REASON = "Teksten om behandlingsresultater mangler tall. Rett den og lever på nytt."
MENDED_ANSWER = "Andelen med komplikasjoner var 4,2 prosent, mot 4,6 prosent året før."

SUMMARY = "Året i {region}: tjenestene leverer jevnt over gode rapporter. Fordelingen mellom regionene følges videre."
OUTCOME = "Gruppen er fulltallig igjen."

EXPLANATION = "Rapporten kom etter fristen og blir ferdig vurdert etter møtet."
DECISION = "Fagdirektørene slutter seg til regionenes vurderinger og ber om oversendelse."
REMARK = "Møtet merket seg den jevne fordelingen mellom regionene."
NEEDLES = (WORKS_WELL, TO_WORK_ON, QUESTION, ANSWER, RETURN_REASON, MENDED_ANSWER, EXPLANATION, DECISION, REMARK)
"""Texts that no message may hold."""


def verdict(unit: Unit, criterion: str) -> str:
    return VERDICTS.get((unit.code, criterion), "ok")


def judgement(unit: Unit, criterion: str) -> str:
    return CRITERIA[criterion].format(name=unit.name)
