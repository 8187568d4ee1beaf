"""What is erased stays erased: an erasure that was lost with the store is done again when a new epoch begins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.registry.application.endings import end_all
from services.registry.login import Login
from services.registry.person import Person, key_subject
from services.registry.views import lookups
from shared.clock import OSLO
from shared.contracts import Contract, registry
from shared.desk import UnitOfWork
from shared.domain import Acting
from shared.epochs.log import EpochLog
from shared.eventstore import EventStore


def redo(work: UnitOfWork, told: Contract, by: Acting, at: datetime) -> None:
    """Erase again whom a lost contract names, where the copy that was put back still knows the person."""
    if not isinstance(told, registry.PersonErasedV1):
        return
    person = work.find(Person, told.person_id)
    if person is None:
        return
    person.erase_again(by=by, at=at)
    for login_hash in lookups.logins_of(work, person.id):
        work.get(Login, Login.id_of(login_hash)).unlink(person.id, reason="erased", by=by, at=at)
    end_all(work, person.id, at.astimezone(OSLO).date(), by=by, at=at)


def keys_to_destroy(store: EventStore, epochs: EpochLog) -> Iterable[tuple[str, int | None]]:
    """The keys of everybody erased, by our own log or by what it has lost."""
    told = (event.contract() for event in epochs.lost_of(registry.PersonErasedV1.NAME))
    lost = [contract.person_id for contract in told if isinstance(contract, registry.PersonErasedV1)]
    return [(key_subject(person_id), None) for person_id in (*lookups.persons_erased(store), *lost)]
