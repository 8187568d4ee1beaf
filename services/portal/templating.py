"""How pages are drawn: one Jinja environment a language, with the pictures, forms and dates that pages need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.portal.assets import Assets
from services.portal.folding import Folding
from services.portal.languages import LANGUAGES, NAMES, Language, catalogue, tongue

TEMPLATES = Path(__file__).parent / "templates"
_KEY, _END = Markup('<input type="hidden" name="key" value="'), Markup('">')


class Templates:
    """The templates of the portal, in every language."""

    def __init__(self, assets: Assets, *, reload: bool) -> None:
        self._in = {language: _environment(assets, language, reload) for language in LANGUAGES}

    def render(self, name: str, language: Language, context: Mapping[str, Any]) -> str:
        """A template in a language; a name it asks for and was not given is a fault of ours, never an empty place."""
        return self._in[language].get_template(name).render(context)


def _environment(assets: Assets, language: Language, reload: bool) -> Environment:
    made = Folding(
        catalogue(language),
        {"asset": assets.address},
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=reload,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    made.policies["ext.i18n.trimmed"] = True
    says = tongue(language)
    made.globals |= {"key": key, "language": language, "languages": NAMES}
    made.filters |= {"date": says.date, "time": says.time, "moment": says.moment, "number": says.number}
    return made


def key(known: UUID | str | None = None) -> Markup:
    """The hidden field that makes a form sent twice one command; a form shown again keeps its ``known`` key."""
    return _KEY + str(known or uuid4()) + _END
