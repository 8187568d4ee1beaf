"""What the identity provider is told."""

from __future__ import annotations

from pathlib import Path

from pydantic import AnyHttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read as ``IDENTITY_<NAME>``.

    ``issuer`` is its own address as browsers see it, ``portal_url`` the portal's.  ``people`` is a file of those one
    may log in as, ``client_keys`` the public keys by which the portal shows who it is (a JWK set).
    """

    model_config = SettingsConfigDict(env_prefix="IDENTITY_", frozen=True, extra="ignore")

    issuer: AnyHttpUrl
    portal_url: AnyHttpUrl
    people: Path
    client_keys: Path
    client_id: str = "aarring-portal"
