"""What the environment may say to the portal."""

from __future__ import annotations

from pathlib import Path

from pydantic import AliasChoices, Field, HttpUrl, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.settings import Environment


class Settings(BaseSettings):
    """Read as ``PORTAL_<NAME>``; each is explained in deploy/env.example.

    ``url`` is where people reach the portal; forms are taken from there alone.
    """

    model_config = SettingsConfigDict(env_prefix="PORTAL_", frozen=True, extra="ignore")

    environment: Environment = Field(
        default=Environment.PRODUCTION, validation_alias=AliasChoices("environment", "AARRING_ENVIRONMENT")
    )
    clock_file: Path | None = Field(default=None, validation_alias=AliasChoices("clock_file", "AARRING_CLOCK_FILE"))
    url: HttpUrl
    database_url: str
    signing_key: Path
    registry_url: HttpUrl
    reporting_url: HttpUrl
    review_url: HttpUrl
    notify_url: HttpUrl

    @model_validator(mode="after")
    def _safe(self) -> Settings:
        if self.environment is Environment.PRODUCTION and self.clock_file:
            raise ValueError("AARRING_CLOCK_FILE moves the clock: it is refused in production")
        if self.environment is Environment.PRODUCTION and self.url.scheme != "https":
            raise ValueError("PORTAL_URL must begin with https:// in production: cookies go over TLS alone")
        return self
