"""What the environment may say to reporting."""

from __future__ import annotations

from pydantic import HttpUrl
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read as ``REPORTING_<NAME>``; ``registry_url`` and ``review_url`` are where the feeds of those are."""

    model_config = SettingsConfigDict(env_prefix="REPORTING_")

    registry_url: HttpUrl
    review_url: HttpUrl
