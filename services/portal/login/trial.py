"""The identity provider for trials lets anybody be anybody: it is refused wherever real people are served."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

TRIAL_MARK = "aarring_trial"
"""What the provider for trials says of itself, in its description and in every token."""
UNREAL = ("localhost", "example", "test", "invalid")


def doubt(issuer: str) -> str | None:
    """Why an issuer can be no national provider; None when nothing in its address says so."""
    address = urlsplit(issuer)
    host = address.hostname or ""
    if address.scheme != "https":
        return "its address does not begin with https://"
    if host.rpartition(".")[2] in UNREAL:
        return f"{host} is no address of the internet"
    try:
        return None if ip_address(host).is_global else f"{host} is this machine or its own network"
    except ValueError:
        return None
