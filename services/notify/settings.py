"""What the environment may say to notify."""

from __future__ import annotations

from pydantic import EmailStr, Field, HttpUrl, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import Environment, ServiceSettings


class Settings(ServiceSettings):
    """Read as ``NOTIFY_<NAME>``.

    ``trial_recipients`` are addresses between commas: where there are any, nobody else is written to.
    ``smtp_sink`` lets notify itself be the mail server, for development: it keeps what comes and delivers nothing.
    """

    model_config = SettingsConfigDict(env_prefix="NOTIFY_")

    registry_url: HttpUrl
    reporting_url: HttpUrl
    review_url: HttpUrl
    smtp_host: str
    smtp_port: int = Field(default=587, ge=1, le=65_535)
    smtp_username: str = ""
    smtp_password: SecretStr
    smtp_starttls: bool = True
    smtp_timeout: float = Field(default=30.0, gt=0)
    smtp_sink: bool = False
    sender: EmailStr
    portal_url: HttpUrl
    trial_recipients: str = ""

    @property
    def trial(self) -> frozenset[str]:
        """The only addresses written to; empty when this is no trial."""
        return frozenset(part.strip().lower() for part in self.trial_recipients.split(",") if part.strip())

    @model_validator(mode="after")
    def _safe_mail(self) -> Settings:
        if self.environment is Environment.PRODUCTION and self.smtp_sink:
            raise ValueError("NOTIFY_SMTP_SINK delivers nothing: it is refused in production")
        if self.smtp_username and not self.smtp_starttls:
            raise ValueError("NOTIFY_SMTP_USERNAME without NOTIFY_SMTP_STARTTLS would show the password on the way")
        return self
