"""Fills the suite in containers when it is empty, and says whom to log in as: ``python -m deploy.examples``."""

from __future__ import annotations

import sys

from deploy.environment import Elsewhere
from deploy.examples.filling import fill
from deploy.examples.telling import telling
from deploy.places import Unable

EMPTIED_BY = "docker compose down --volumes"


def main() -> None:
    """Done when the suite rests; ends with code 1 where it cannot be filled."""
    addresses = Elsewhere.chosen()
    try:
        filled = fill(addresses, EMPTIED_BY)
    except Unable as reason:
        sys.exit(f"aarring: {reason}")
    print("The suite is up.", *telling(filled, addresses.service("portal"), EMPTIED_BY), sep="\n")


if __name__ == "__main__":
    main()
