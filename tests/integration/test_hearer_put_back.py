"""A hearer's store and keys are put back from an older copy: it hears all that is newer again, and keys go again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from services.notify.app import READ_MODELS
from shared.contracts import registry
from shared.inbox import Views
from shared.inbox.views import differences
from shared.registry_facts.queries import erased_keys
from shared.shredder import Shredder
from shared.vault import Shredded
from tests.facts import made_up
from tests.integration.notify import Office, opened, submitted

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
LEAD = made_up("lead")


def office_in(folder: Path) -> Office:
    return Office(lambda name: f"sqlite:///{folder}/{name}.db")


def shred(made: Office) -> int:
    return Shredder(made.vault, lambda: erased_keys(made.store.rows)).shred()


async def test_what_is_newer_than_the_copy_is_heard_again_and_keys_are_destroyed_again(tmp_path: Path) -> None:
    folder, copy = tmp_path / "live", tmp_path / "copy"
    made = office_in(folder)
    await made.begin("lead", "coordinator")
    await made.told(opened())
    sealed = made.vault.seal(f"person:{LEAD}", "lead@aarring.example")
    made.close()
    shutil.copytree(folder, copy)

    made, said = office_in(folder), made.said
    made.said.update(said)
    await made.told(submitted(), registry.PersonErasedV1(person_id=LEAD))
    assert shred(made) == 1
    tracked, messages = made.store.tracked("registry"), len(made.messages())
    made.close()
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)

    made = office_in(folder)
    made.said.update(said)
    assert made.store.tracked("registry") < tracked
    assert made.vault.open(sealed) == "lead@aarring.example", "the copy has the key that was destroyed"
    await made.hear()
    await made.follow()
    assert shred(made) == 1
    with pytest.raises(Shredded):
        made.vault.open(sealed)
    assert (made.store.tracked("registry"), len(made.messages())) == (tracked, messages)
    assert differences(made.store, Views(READ_MODELS.of_others, READ_MODELS.heard)) == []
    made.close()
