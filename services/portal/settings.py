"""What the environment may say to the portal."""

from __future__ import annotations

from pathlib import Path

from pydantic import AliasChoices, Field, HttpUrl, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.portal.login.trial import doubt
from shared.settings import Environment, Key


class Settings(BaseSettings):
    """Read as ``PORTAL_<NAME>``; each is explained in deploy/env.example.

    ``url`` is where people reach the portal; forms are taken from there alone.  ``identity_issuer`` says who has
    come; ``login_key`` is the registry's, by which both name a login without its national identity number.
    ``example_people`` is a file of invented people, whom the start page offers in trials.
    """

    model_config = SettingsConfigDict(env_prefix="PORTAL_", frozen=True, extra="ignore")

    environment: Environment = Field(
        default=Environment.PRODUCTION, validation_alias=AliasChoices("environment", "AARRING_ENVIRONMENT")
    )
    clock_file: Path | None = Field(default=None, validation_alias=AliasChoices("clock_file", "AARRING_CLOCK_FILE"))
    url: HttpUrl
    database_url: str
    signing_key: Path
    identity_issuer: str
    identity_client_id: str
    identity_client_key: Path
    login_key: Key
    registry_url: HttpUrl
    reporting_url: HttpUrl
    review_url: HttpUrl
    notify_url: HttpUrl
    example_people: Path | None = None

    @model_validator(mode="after")
    def _safe(self) -> Settings:
        if self.environment is Environment.PRODUCTION and self.clock_file:
            raise ValueError("AARRING_CLOCK_FILE moves the clock: it is refused in production")
        if self.environment is Environment.PRODUCTION and self.url.scheme != "https":
            raise ValueError("PORTAL_URL must begin with https:// in production: cookies go over TLS alone")
        if self.environment is Environment.PRODUCTION and (why := doubt(self.identity_issuer)):
            raise ValueError(f"PORTAL_IDENTITY_ISSUER is refused in production: {why}")
        if len(self.login_key.get_secret_value()) < 32:
            raise ValueError("LOGIN_KEY must be at least 32 bytes, written as base64")
        return self
