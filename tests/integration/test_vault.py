"""What is sealed is read by whoever holds its key and place, until the key is destroyed: then by nobody, ever."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import msgspec
import pytest

from shared.vault import Shredded, Unreadable, Vault
from tests.stores import Databases

pytestmark = pytest.mark.integration

SUBJECT = "report:1:results"
WRAPPING_KEY = os.urandom(32)
OpenVault = Callable[..., Vault]


@pytest.fixture
def open_vault(databases: Databases) -> Iterator[OpenVault]:
    """Vaults of as many processes as one likes, on the same keys."""
    url = databases("keys")
    vaults: list[Vault] = []

    def open_with(wrapping_key: bytes = WRAPPING_KEY) -> Vault:
        vaults.append(Vault(url, wrapping_key))
        return vaults[-1]

    yield open_with
    for vault in vaults:
        vault.close()


@pytest.fixture
def vault(open_vault: OpenVault) -> Vault:
    return open_vault()


@pytest.mark.parametrize("text", ["", "blåbær", "æ" * 200_000, '{"name": "Kari"}', "\x00\n"])
def test_what_is_sealed_is_opened_again(vault: Vault, text: str) -> None:
    sealed = vault.seal(SUBJECT, text)
    assert vault.open(sealed) == text
    assert (sealed.subject, sealed.generation, sealed.length) == (SUBJECT, 1, len(text))


def test_sealed_bytes_tell_nothing_of_the_text(vault: Vault) -> None:
    one, again = vault.seal(SUBJECT, "the same text"), vault.seal(SUBJECT, "the same text")
    assert one.sealed != again.sealed
    assert b"text" not in one.sealed


def test_another_process_opens_what_was_sealed(open_vault: OpenVault) -> None:
    assert open_vault().open(open_vault().seal(SUBJECT, "text")) == "text"


def test_a_text_passed_off_as_another_field_is_unreadable(vault: Vault) -> None:
    sealed = vault.seal("person:1", "kari@example.org", field="email")
    assert vault.open(sealed, field="email") == "kari@example.org"
    for field in ("name", ""):
        with pytest.raises(Unreadable):
            vault.open(sealed, field=field)


def test_a_text_passed_off_as_anothers_is_unreadable(vault: Vault) -> None:
    sealed = vault.seal(SUBJECT, "text")
    vault.seal("report:1:quality", "another")
    with pytest.raises(Unreadable):
        vault.open(msgspec.structs.replace(sealed, subject="report:1:quality"))


@pytest.mark.parametrize("place", [0, -1])
def test_altered_bytes_are_unreadable(vault: Vault, place: int) -> None:
    sealed = vault.seal(SUBJECT, "text")
    altered = bytearray(sealed.sealed)
    altered[place] ^= 1
    with pytest.raises(Unreadable):
        vault.open(msgspec.structs.replace(sealed, sealed=bytes(altered)))


@pytest.mark.parametrize("length", [0, 5, 12])
def test_bytes_cut_short_are_unreadable(vault: Vault, length: int) -> None:
    sealed = vault.seal(SUBJECT, "text")
    with pytest.raises(Unreadable):
        vault.open(msgspec.structs.replace(sealed, sealed=sealed.sealed[:length]))


def test_with_another_wrapping_key_nothing_is_readable(open_vault: OpenVault) -> None:
    sealed = open_vault().seal(SUBJECT, "text")
    with pytest.raises(Unreadable):
        open_vault(os.urandom(32)).open(sealed)


def test_a_key_that_was_destroyed_opens_nothing_and_its_neighbours_everything(vault: Vault) -> None:
    gone, stays = vault.seal(SUBJECT, "gone"), vault.seal("report:1:quality", "stays")
    vault.destroy(SUBJECT, 1)
    with pytest.raises(Shredded):
        vault.open(gone)
    assert vault.open(stays) == "stays"


def test_a_destroyed_key_is_gone_for_who_opens_the_keys_afterwards(open_vault: OpenVault) -> None:
    sealed = open_vault().seal(SUBJECT, "text")
    open_vault().destroy(SUBJECT)
    with pytest.raises(Shredded):
        open_vault().open(sealed)


def test_destroying_again_or_where_there_is_nothing_is_no_error(vault: Vault) -> None:
    vault.destroy(SUBJECT)
    vault.destroy(SUBJECT, 0)
    vault.seal(SUBJECT, "text")
    vault.destroy(SUBJECT, 1)
    vault.destroy(SUBJECT, 1)
    assert vault.generation(SUBJECT) == 1


def test_keys_leave_the_memory_when_their_time_is_over(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    seals = [vault.seal(f"person:{n}", "text") for n in range(3)]
    assert vault.seal_at_hand("person:1", "text") is not None
    assert [len(vault._remembered), len(vault._current)] == [3, 3]
    now = time.monotonic()
    monkeypatch.setattr("shared.remembered.monotonic", lambda: now + 61)
    assert vault.seal_at_hand("person:1", "text") is None
    vault.ping()
    assert [len(vault._remembered), len(vault._current)] == [0, 0]
    assert [vault.open(one) for one in seals] == ["text"] * 3


def meanwhile(vault: Vault, monkeypatch: pytest.MonkeyPatch, asked: str, do: Callable[[], object]) -> None:
    """Somebody does something, once, right after another thread has asked the database."""
    real, waiting = getattr(vault, asked), [do]

    def and_then(*args: Any) -> Any:
        found = real(*args)
        if waiting:
            waiting.pop()()
        return found

    monkeypatch.setattr(vault, asked, and_then)


def test_a_key_destroyed_while_it_is_being_read_is_not_remembered(
    open_vault: OpenVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed, vault = open_vault().seal(SUBJECT, "text"), open_vault()
    meanwhile(vault, monkeypatch, "_wrapped", lambda: vault.destroy(SUBJECT))
    assert vault.open(sealed) == "text"
    with pytest.raises(Shredded):
        vault.open(sealed)


def test_a_key_renewed_while_the_last_is_looked_up_is_the_one_that_seals(
    open_vault: OpenVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_vault().seal(SUBJECT, "text")
    vault = open_vault()
    meanwhile(vault, monkeypatch, "_unwrapped", lambda: vault.renew(SUBJECT))
    assert [vault.seal(SUBJECT, "text").generation for _ in range(2)] == [1, 2]


def test_a_generation_is_never_used_again(vault: Vault) -> None:
    generations = []
    for _ in range(3):
        generations.append(vault.seal(SUBJECT, "text").generation)
        vault.destroy(SUBJECT, generations[-1])
    assert generations == [1, 2, 3]


def test_a_generation_destroyed_before_its_key_was_known_here_is_never_given_out(vault: Vault) -> None:
    vault.destroy(SUBJECT, 3)
    assert vault.generation(SUBJECT) == 3
    assert vault.seal(SUBJECT, "after a restore").generation == 4


def test_only_the_generations_named_are_destroyed(vault: Vault) -> None:
    first = vault.seal(SUBJECT, "first")
    assert vault.renew(SUBJECT) == 1
    second = vault.seal(SUBJECT, "second")
    vault.destroy(SUBJECT, 1)
    assert second.generation == 2
    assert vault.open(second) == "second"
    with pytest.raises(Shredded):
        vault.open(first)
    assert vault.seal(SUBJECT, "third").generation == 2


def test_renewing_what_had_no_key_makes_the_first(vault: Vault) -> None:
    assert vault.renew(SUBJECT) == 0
    assert vault.seal(SUBJECT, "text").generation == 1


def test_a_subject_without_a_key_opens_nothing(vault: Vault) -> None:
    sealed = msgspec.structs.replace(vault.seal(SUBJECT, "text"), subject="report:1:nothing")
    with pytest.raises(Unreadable):
        vault.open(sealed)
    assert vault.generation("report:1:nothing") == 0


def test_a_lost_key_is_not_told_as_a_destroyed_one(vault: Vault) -> None:
    lost, gone = (msgspec.structs.replace(vault.seal(SUBJECT, "text"), generation=n) for n in (3, 2))
    vault.renew(SUBJECT)
    vault.destroy(SUBJECT, 2)
    with pytest.raises(Shredded):
        vault.open(gone)
    with pytest.raises(Unreadable):
        vault.open(lost)


def test_two_who_make_the_first_key_at_once_agree(open_vault: OpenVault) -> None:
    vaults = [open_vault() for _ in range(4)]
    for n in range(10):
        subject, together = f"person:{n}", Barrier(len(vaults))

        def seal(vault: Vault, subject: str = subject, together: Barrier = together) -> object:
            together.wait(30)
            return vault.seal(subject, "text")

        with ThreadPoolExecutor(len(vaults)) as pool:
            sealed = [future.result(30) for future in [pool.submit(seal, vault) for vault in vaults]]
        for vault in vaults:
            assert [vault.open(one) for one in sealed] == ["text"] * len(vaults)  # type: ignore[arg-type]


def test_sealing_while_the_keys_are_destroyed_never_fails(vault: Vault) -> None:
    def seal_many() -> int:
        return max(vault.seal(SUBJECT, "text").generation for _ in range(500))

    with ThreadPoolExecutor(4) as pool:
        sealing = [pool.submit(seal_many) for _ in range(3)]
        for _ in range(100):
            vault.destroy(SUBJECT)
        newest = max(done.result(60) for done in sealing)
    assert newest <= vault.generation(SUBJECT)
    assert vault.open(vault.seal(SUBJECT, "text")) == "text"
