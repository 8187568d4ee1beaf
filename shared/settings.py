"""What the environment may say to a service.  Built once, in its composition root; secrets have no default."""

from __future__ import annotations

import base64
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field, SecretBytes, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """Where a service runs; what only helps developers is refused in production."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


def _from_base64(value: object) -> object:
    return base64.b64decode(value, validate=True) if isinstance(value, str) else value


Key = Annotated[SecretBytes, BeforeValidator(_from_base64)]
"""A secret of random bytes, written as base64."""


class ServiceSettings(BaseSettings):
    """The settings every service has, read as ``<SERVICE>_<NAME>``; each is explained in deploy/env.example."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    environment: Environment = Field(
        default=Environment.PRODUCTION, validation_alias=AliasChoices("environment", "AARRING_ENVIRONMENT")
    )
    stream_audit_seconds: float = Field(
        default=3600, gt=0, validation_alias=AliasChoices("stream_audit_seconds", "AARRING_STREAM_AUDIT_SECONDS")
    )
    clock_file: Path | None = Field(default=None, validation_alias=AliasChoices("clock_file", "AARRING_CLOCK_FILE"))
    database_url: str
    vault_url: str
    vault_key: Key
    nats_url: str
    token_issuers: Path
    signing_key: Path

    @model_validator(mode="after")
    def _safe(self) -> ServiceSettings:
        if len(self.vault_key.get_secret_value()) != 32:
            raise ValueError("VAULT_KEY must be 32 bytes, written as base64")
        if self.environment is Environment.PRODUCTION and self.clock_file:
            raise ValueError("AARRING_CLOCK_FILE moves the clock: it is refused in production")
        return self
