"""What the environment may say to the registry."""

from __future__ import annotations

from pydantic import model_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import Key, ServiceSettings


class Settings(ServiceSettings):
    """Read as ``REGISTRY_<NAME>``.

    ``login_key`` hashes national identity numbers; with another key every login has to be linked anew.
    """

    model_config = SettingsConfigDict(env_prefix="REGISTRY_")

    login_key: Key

    @model_validator(mode="after")
    def _long_enough(self) -> Settings:
        if len(self.login_key.get_secret_value()) < 32:
            raise ValueError("LOGIN_KEY must be at least 32 bytes, written as base64")
        return self
