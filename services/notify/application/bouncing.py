"""An address that bounces is the service desk's business: the desk of the person's regions is told, once a day."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from services.notify.application.intending import Intention, intend
from services.notify.application.receivers import holding, target_of
from services.notify.message import About, Message
from services.notify.occasion import Occasion
from services.notify.rules import DESK, JOINT_DESK
from shared import registry_facts
from shared.access import Target
from shared.clock import OSLO
from shared.desk import UnitOfWork
from shared.read_rows import Rows


def tell_of_bounce(unit: UnitOfWork, message: Message, at: datetime) -> None:
    """Tell the desk, in the same work; of a bounce of such a message itself nobody is told, it stands in the log."""
    state = message.state
    if state.occasion is Occasion.ADDRESS_BOUNCED:
        return
    on = at.astimezone(OSLO).date()
    fact, about = f"bounce:{state.receiver}:{on}", About(person_id=state.receiver)
    desk = desk_of(unit.rows, state.receiver, on)
    intend(
        unit,
        [Intention(fact, "address_bounced", Occasion.ADDRESS_BOUNCED, person, about, at) for person in desk],
        at,
    )


def desk_of(rows: Rows, person_id: UUID, on: date) -> list[UUID]:
    """The service desk that sees to a person: of the regions of the person's roles, else the joint desk."""
    held = [one for one in registry_facts.assignments_of(rows, person_id) if one.holds(on)]
    targets = [target_of(rows, one.unit_id) for one in held if one.unit_id]
    targets += [Target(regions=(one.region,)) for one in held if one.region]
    found = holding(rows, DESK, targets, on) or holding(rows, JOINT_DESK, [Target()], on)
    return [person for person in dict.fromkeys(one.person_id for one in found) if person != person_id]
