"""What a judgement says to the people who write the report, in the three languages of the forms."""

from __future__ import annotations


def _said(nb: str, nn: str, en: str) -> dict[str, str]:
    return {"nb": nb, "nn": nn, "en": en}


CODES: dict[str, dict[str, str]] = {
    "title_missing": _said(
        "Skriv en tittel eller et navn.",
        "Skriv ein tittel eller eit namn.",
        "Give a title or a name.",
    ),
    "year_missing": _said(
        "Skriv året artikkelen ble publisert.",
        "Skriv året artikkelen blei publisert.",
        "Give the year the article was published.",
    ),
    "year_out_of_range": _said(
        "Artikkelen er publisert utenfor perioden rapporten gjelder.",
        "Artikkelen er publisert utanfor perioden rapporten gjeld.",
        "The article was published outside the period of the report.",
    ),
    "disputation_missing": _said(
        "Skriv datoen for disputasen.",
        "Skriv datoen for disputasen.",
        "Give the date of the public defence.",
    ),
    "disputation_not_in_report_year": _said(
        "Disputasen var ikke i perioden rapporten gjelder.",
        "Disputasen var ikkje i perioden rapporten gjeld.",
        "The public defence was not in the period of the report.",
    ),
    "period_reversed": _said(
        "Prosjektet slutter før det begynner.",
        "Prosjektet sluttar før det byrjar.",
        "The project ends before it starts.",
    ),
    "definition_missing": _said(
        "Forklar hva som telles, slik at tallet kan sammenlignes fra år til år.",
        "Forklar kva som blir talt, slik at talet kan samanliknast frå år til år.",
        "Explain what is counted, so that the figure can be compared from year to year.",
    ),
    "figures_missing": _said(
        "Før opp tall for regionene eller et samlet tall.",
        "Før opp tal for regionane eller eit samla tal.",
        "Give figures for the regions, or a total.",
    ),
    "regions_missing": _said(
        "Før opp tall for regionene, eller velg at dere bare oppgir et samlet tall.",
        "Før opp tal for regionane, eller vel at de berre oppgir eit samla tal.",
        "Give figures for the regions, or choose to give a total only.",
    ),
    "regions_against_declaration": _said(
        "Det er valgt å oppgi bare et samlet tall, men det er ført opp tall for regioner.",
        "Det er valt å oppgi berre eit samla tal, men det er ført opp tal for regionar.",
        "A total only was chosen, but there are figures for regions.",
    ),
    "total_needs_reason": _said(
        "Det samlede tallet er ikke summen av regionene. Skriv hvorfor, for eksempel at pasienter er talt to ganger.",
        "Det samla talet er ikkje summen av regionane. Skriv kvifor, til dømes at pasientar er talde to gonger.",
        "The total is not the sum of the regions. Say why, for example that patients are counted twice.",
    ),
    "site_repeated": _said(
        "Det samme behandlingsstedet er ført opp to ganger.",
        "Den same behandlingsstaden er ført opp to gonger.",
        "The same site is given twice.",
    ),
    "year_differs": _said(
        "Artikkelen er fra året før eller etter perioden rapporten gjelder. Kontroller at den skal være med.",
        "Artikkelen er frå året før eller etter perioden rapporten gjeld. Kontroller at han skal vere med.",
        "The article is from the year before or after the period of the report. Check that it belongs here.",
    ),
    "no_identifier": _said(
        "Artikkelen har verken DOI, PMID eller lenke, så den kan være vanskelig å finne.",
        "Artikkelen har verken DOI, PMID eller lenkje, så han kan vere vanskeleg å finne.",
        "The article has no DOI, PMID or link, so it may be hard to find.",
    ),
    "reference_incomplete": _said(
        "Forfattere eller tidsskrift mangler.",
        "Forfattarar eller tidsskrift manglar.",
        "The authors or the journal are missing.",
    ),
    "relevance_missing": _said(
        "Skriv kort hvorfor artikkelen er direkte relevant.",
        "Skriv kort kvifor artikkelen er direkte relevant.",
        "Say briefly why the article is directly relevant.",
    ),
    "candidate_missing": _said(
        "Navnet på kandidaten mangler.",
        "Namnet på kandidaten manglar.",
        "The name of the candidate is missing.",
    ),
    "leader_missing": _said(
        "Navnet på prosjektlederen mangler.",
        "Namnet på prosjektleiaren manglar.",
        "The name of the project leader is missing.",
    ),
    "period_outside_report_year": _said(
        "Prosjektet pågikk ikke i perioden rapporten gjelder.",
        "Prosjektet gjekk ikkje føre seg i perioden rapporten gjeld.",
        "The project was not under way in the period of the report.",
    ),
    "kind_missing": _said("Velg hva slags det er.", "Vel kva slag det er.", "Choose what kind it is."),
    "date_not_in_report_year": _said(
        "Datoen er utenfor perioden rapporten gjelder.",
        "Datoen er utanfor perioden rapporten gjeld.",
        "The date is outside the period of the report.",
    ),
    "regions_incomplete": _said(
        "Noen av regionene mangler tall. Et tomt felt betyr ukjent, ikke null.",
        "Nokre av regionane manglar tal. Eit tomt felt tyder ukjent, ikkje null.",
        "Some of the regions have no figure. An empty field means unknown, not zero.",
    ),
    "site_figures_missing": _said(
        "Et behandlingssted er ført opp uten tall.",
        "Ein behandlingsstad er ført opp utan tal.",
        "A site is given without figures.",
    ),
    "sites_differ": _said(
        "Tallene for behandlingsstedene blir til sammen noe annet enn det samlede tallet.",
        "Tala for behandlingsstadene blir til saman noko anna enn det samla talet.",
        "The figures of the sites do not add up to the total.",
    ),
    "small_numbers": _said(
        "Et tall er under fem. Slike tall vises ikke for offentligheten; pass på at teksten heller ikke røper dem.",
        "Eit tal er under fem. Slike tal blir ikkje viste for ålmenta; pass på at teksten heller ikkje røper dei.",
        "A figure is below five. Such figures are not shown in public; take care that no text gives them away.",
    ),
}
"""A sentence for every code a judgement can hold, by language."""
