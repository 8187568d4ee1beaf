"""The pages, one module for each page or group of pages that belong together."""

from __future__ import annotations

from services.portal.assets import router as assets
from services.portal.pages.language import router as language
from services.portal.pages.session import router as session
from services.portal.pages.start import router as start

ROUTERS = (assets, language, session, start)
