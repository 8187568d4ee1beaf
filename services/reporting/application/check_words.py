"""What a check says to the people who write the report, in the three languages of the forms."""

from __future__ import annotations

from services.reporting.entries import CODES
from services.reporting.report.state import ReportState, Slot

_WORDS = {
    "answer_missing": {
        "nb": "Dette må besvares. Er det ingenting å rapportere, sier dere det.",
        "nn": "Dette må svarast på. Er det ingenting å rapportere, seier de det.",
        "en": "This must be answered. If there is nothing to report, say so.",
    },
    "group_answer_missing": {
        "nb": "Referansegruppen har ikke svart på dette ennå.",
        "nn": "Referansegruppa har ikkje svart på dette enno.",
        "en": "The reference group has not answered this yet.",
    },
    "based_on_older_version": {
        "nb": "Enheten endret sin del etter at dette ble besvart.",
        "nn": "Eininga endra sin del etter at dette blei svart på.",
        "en": "The unit changed its part after this was answered.",
    },
    "text_too_long": {
        "nb": "Teksten har {found} tegn. Den kan ha {most}.",
        "nn": "Teksten har {found} teikn. Han kan ha {most}.",
        "en": "The text has {found} characters. It may have {most}.",
    },
    "too_many_entries": {
        "nb": "Listen har {found} linjer. Den kan ha {most}.",
        "nn": "Lista har {found} linjer. Ho kan ha {most}.",
        "en": "The list has {found} lines. It may have {most}.",
    },
}


def words(state: ReportState, slot: Slot, code: str) -> dict[str, str] | None:
    """The sentence for a finding at a question."""
    said = _WORDS.get(code)
    if said is None:
        return CODES.get(code)
    answer = state.answers.get(slot.id)
    if code == "text_too_long":
        facts = {"found": answer.text.length if answer and answer.text else 0, "most": slot.limits.characters}
    else:
        facts = {"found": len(state.live_entries(slot.id)), "most": slot.limits.entries}
    return {language: sentence.format(**facts) for language, sentence in said.items()}
