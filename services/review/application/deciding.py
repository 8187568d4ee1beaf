"""Who is asking, and in which role: decided on what the registry told, where the decision is made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.review.application.operations import KNOWING, OPERATIONS
from services.review.review import Review
from services.review.review.rules import NotYourRegion, RegionNotResponsible
from shared import registry_facts
from shared.access import Assignment, NotAllowed, Right, Role, Scope, Target, acting, granting
from shared.asked import Asked
from shared.domain import Acting, NotFound, Refused
from shared.read_rows import Rows, split
from shared.registry_facts import held_by


class NotAReviewer(Refused):
    """A region assigns somebody who is its reviewer today."""

    code = "not_a_reviewer"
    place = "person_id"


def acting_for(rows: Rows, asked: Asked, rights: Sequence[Right], region: str, unit_id: UUID | None = None) -> Acting:
    """In which role the caller acts for a region; :class:`NotYourRegion` when the role is held in another."""
    held = held_by(rows, asked.caller)
    try:
        return acting(held, rights, Target(unit_id, (region,)), asked.on, asked.acting_as)
    except NotAllowed:
        elsewhere = [Right(right.role, Scope.ANYWHERE) for right in rights if right.scope is Scope.REGION]
        if granting(held, elsewhere, Target(), asked.on):
            raise NotYourRegion(f"your role is in another region than {region}", region=region) from None
        raise


def acting_on(rows: Rows, asked: Asked, name: str, review: Review, region: str) -> Acting:
    """In which role the caller does an operation on a region's part of a review.

    Who may not even know of the review is told that there is none.
    """
    must_be_known(review, held_by(rows, asked.caller), asked.on)
    review.part(region)
    return acting_for(rows, asked, OPERATIONS[name].rights, region, review.state.unit_id)


def must_be_known(review: Review, held: Sequence[Assignment], on: date) -> None:
    """Refuse as if there were no such review, unless one of the roles may know of it."""
    if not granting(held, KNOWING, target(review), on):
        raise review_not_found(review.id)


def review_not_found(review_id: UUID) -> NotFound:
    """The answer to whoever asks for a review that is not there, or not for them."""
    return NotFound(f"there is no review {review_id}")


def target(review: Review) -> Target:
    """What rights on a review as a whole are asked for."""
    return Target(review.state.unit_id, review.state.regions)


def allowed(review: Review, region: str, held: Sequence[Assignment], on: date) -> list[str]:
    """The operations the holder of these roles may do with a region's part as it is now."""
    names = []
    for name, operation in OPERATIONS.items():
        if not granting(held, operation.rights, Target(review.state.unit_id, (region,)), on):
            continue
        try:
            operation.rule(review, region)
        except Refused:
            continue
        names.append(name)
    return names


def must_be_reviewer(rows: Rows, person_id: UUID, region: str, on: date) -> None:
    """Refuse to assign somebody who does not review for the region."""
    held = registry_facts.assignments_of(rows, person_id) if registry_facts.is_registered(rows, person_id) else []
    if not any(a.role is Role.REVIEWER and a.region == region and a.holds(on) for a in held):
        raise NotAReviewer(f"{person_id} is no reviewer of {region}", person_id=str(person_id), region=region)


def responsible_unit(rows: Rows, unit_id: UUID, region: str) -> dict[str, object]:
    """A unit of the region; refused when the region has nothing to do with it."""
    known = registry_facts.unit(rows, unit_id)
    if known is None:
        raise NotFound(f"there is no unit {unit_id}")
    if region not in split(known["regions"]):
        raise RegionNotResponsible(f"{region} is not responsible for {known['code']}", region=region)
    return known
