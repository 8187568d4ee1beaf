"""What the invented people write: a few sentences for each question, with the unit's name put in."""

from __future__ import annotations

from deploy.demo.story import Unit

UNIT_PART = {
    "evaluation.equal_access": "{name} tar imot pasienter fra alle fire regioner etter samme faglige kriterier. "
    "Ventetiden er fulgt gjennom året, og henvisningene er gått gjennom sammen med regionene.",
    "evaluation.patient_pathway": "Pasientforløpet er beskrevet sammen med henvisende sykehus. Oppfølgingen skjer "
    "lokalt, med faste videomøter der regionene kan legge fram tilfeller til drøfting.",
    "evaluation.treatment_quality": "Resultatene følges i register og gjennomgås to ganger i året. Andelen med "
    "komplikasjoner er stabil, og pasientrapporterte mål er tatt i bruk.",
    "evaluation.competence_spreading": "Spredningsplanen er fulgt. Det er holdt kurs i alle regioner, og hospitanter "
    "har tatt med seg rutinene hjem. Flere avdelinger oppgir at de nå behandler selv.",
    "evaluation.centre_work": "Senteret har prioritert nasjonale retningslinjer, opplæring og et felles nettverk. "
    "Arbeidet har gitt mer lik behandling mellom regionene.",
    "evaluation.network_work": "Nettverket har hatt fire møter og ferdigstilt to felles prosedyrer. Kvalitetsdata er "
    "lagt fram og diskutert i alle regioner.",
    "evaluation.network_cooperation": "Alle regioner har deltatt. Ansvaret for møtene går på omgang, og "
    "brukerrepresentanten er med i arbeidsutvalget.",
    "evaluation.main_results": "Siden oppstarten er kompetansen bygget opp i alle regioner. Behandlingen gis nå "
    "lokalt, og forskningen har ført til endrede retningslinjer.",
    "evaluation.transition": "Oppgavene føres videre i et nettverk mellom regionene fra kommende år. Kurs og "
    "nettsted er overført, og ansvaret er avklart med de regionale foretakene.",
    "evaluation.national_cooperation": "Oppbyggingen skjer sammen med fagmiljøene i alle regioner, med en felles "
    "arbeidsgruppe og årlige samlinger.",
    "evaluation.quality_monitoring": "Det er valgt fire kvalitetsmål. Resultatene formidles i årlige møter og på "
    "nettstedet.",
    "evaluation.reporting_feedback": "Skjemaet er greit å bruke. Det er nyttig å se fjorårets svar ved siden av.",
}
GROUP_PART = {
    "group.overall": "Referansegruppen har hatt to møter og er fornøyd med virksomheten. Samarbeidet med {name} er "
    "godt, og spredningen til regionene kan bli enda jevnere.",
    "group.user_representative": "Brukerne er hørt i arbeidet, og informasjonen til pasienter og pårørende er blitt "
    "bedre. Reisevei er fortsatt en belastning for mange.",
    "group.region_nord": "I Helse Nord er tilbudet gjort kjent for henvisende leger gjennom undervisning ved alle "
    "sykehus.",
    "group.region_midt": "I Helse Midt-Norge er det faste møter mellom fagmiljøet og tjenesten, og pasientene "
    "henvises i tide.",
    "group.region_sor_ost": "I Helse Sør-Øst er henvisningsrutinene gått gjennom, og fagmiljøene kjenner tilbudet "
    "godt.",
    "group.region_vest": "I Helse Vest er samarbeidet tett, og nye medarbeidere får opplæring hos tjenesten.",
}


def text(unit: Unit, question: str) -> str:
    """What stands in the report of a unit under a question."""
    return (UNIT_PART | GROUP_PART)[question].format(name=unit.name)
