"""What the environment may say to review."""

from __future__ import annotations

from pathlib import Path

from pydantic import HttpUrl
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read as ``REVIEW_<NAME>``; ``registry_url`` and ``reporting_url`` are where those answer.

    ``bundles`` is the folder of what was sent to the ministry, ``bundle_key`` the file with the key that signs it.
    """

    model_config = SettingsConfigDict(env_prefix="REVIEW_")

    registry_url: HttpUrl
    reporting_url: HttpUrl
    bundles: Path
    bundle_key: Path
