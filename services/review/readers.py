"""Who reads reviews at all: said once, for the rights on one review and for the lists of many."""

from __future__ import annotations

from shared.access import Role

UNIT_WRITERS = (Role.PROFESSIONAL_LEAD, Role.SITE_LEAD, Role.COORDINATOR)
"""Those who answer for the unit."""

UNIT_READERS = (*UNIT_WRITERS, Role.ADMINISTRATIVE_LEADER)
"""Those of a unit who read what its region told it."""

OF_A_REGION = (Role.REVIEWER, Role.SERVICE_DESK)
"""Those who speak for a region."""

ALL_FOUR_REGIONS = (*OF_A_REGION, Role.JOINT_DESK, Role.DIRECTORS_SECRETARY)
"""Submitted reports are read by all four regions, and by the secretary of their directors' meeting."""
