"""The script of the web components is sent where there is a web component, and nowhere else."""

from __future__ import annotations

import pytest

from services.portal.templating import TEMPLATES

pytestmark = pytest.mark.unit


def test_a_page_with_a_component_asks_for_the_script_and_no_other_does() -> None:
    texts = {str(file.relative_to(TEMPLATES)): file.read_text() for file in TEMPLATES.rglob("*.html")}
    asking = {name for name, text in texts.items() if "ds-web.js" in text}
    having = {name for name, text in texts.items() if "<ds-" in text}
    assert asking == having
