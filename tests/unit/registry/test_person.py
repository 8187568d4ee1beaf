"""Who is known, how a login becomes theirs, and how they are forgotten."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from services.registry.bootstrap import Bootstrap
from services.registry.login import Login, LoginNotLinked, LoginTaken
from services.registry.person import (
    ErasureAlreadyAsked,
    ErasureNotAsked,
    InvitationNotValid,
    Person,
    PersonErased,
    TwoPersonsNeeded,
    key_subject,
)
from services.registry.trust import Trust
from tests.facts import DESK, NOON, OTHER_DESK, fact, sealed
from tests.spec import given, when_begun
from tests.unit.registry.facts import CANDIDATE, CARD, KNOWN

pytestmark = pytest.mark.unit
EXPIRES = NOON + timedelta(days=14)
INVITED = fact(Person.Invited, code_hash="c" * 64, expires=EXPIRES)
REASON = sealed("ba om det", "person:made-up")
ASKED = fact(Person.ErasureAsked, reason=REASON, legal_basis="GDPR art. 17", by=DESK)
ERASED = fact(Person.Erased, key_subject="person:x", asked_by=DESK.subject, by=OTHER_DESK)
HASH = "a" * 64
LINKED = fact(Login.Linked, login_hash=HASH, person_id=CANDIDATE, way="invitation")


def use(person: Person, code_hash: str = "c" * 64, days: int = 1) -> None:
    person.use_invitation(code_hash, HASH, by=DESK, at=NOON + timedelta(days=days))


class TestInvitation:
    def test_it_counts_for_fourteen_days(self) -> None:
        given(Person, KNOWN).when(lambda p: p.invite("c" * 64, by=DESK, at=NOON)).then(
            fact(Person.Invited, code_hash="c" * 64, expires=EXPIRES, by=DESK)
        )

    def test_it_binds_a_login_on_the_last_day(self) -> None:
        given(Person, KNOWN, INVITED).when(lambda p: use(p, days=14)).then(
            fact(Person.InvitationUsed, login_hash=HASH, by=DESK, at=EXPIRES)
        )

    def test_it_binds_none_after_that(self) -> None:
        given(Person, KNOWN, INVITED).when(lambda p: use(p, days=15)).then_refused(InvitationNotValid)

    def test_it_binds_once(self) -> None:
        used = fact(Person.InvitationUsed, login_hash=HASH)
        given(Person, KNOWN, INVITED, used).when(use).then_refused(InvitationNotValid)

    def test_a_newer_one_replaces_it(self) -> None:
        newer = fact(Person.Invited, code_hash="d" * 64, expires=EXPIRES)
        given(Person, KNOWN, INVITED, newer).when(use).then_refused(InvitationNotValid)


class TestLogin:
    def test_it_belongs_to_one_person(self) -> None:
        given(Login, LINKED).when(
            lambda login: login.link(UUID(int=1), way="service_desk", by=DESK, at=NOON)
        ).then_refused(LoginTaken)

    def test_not_even_twice_to_the_same(self) -> None:
        given(Login, LINKED).when(
            lambda login: login.link(CANDIDATE, way="service_desk", by=DESK, at=NOON)
        ).then_refused(LoginTaken)

    def test_the_link_can_be_undone_and_made_anew(self) -> None:
        unlinked = fact(Login.Unlinked, person_id=CANDIDATE, reason="feil person")
        given(Login, LINKED, unlinked).when(
            lambda login: login.link(UUID(int=1), way="service_desk", by=DESK, at=NOON)
        ).then(fact(Login.Linked, login_hash=HASH, person_id=UUID(int=1), way="service_desk", by=DESK))

    def test_only_the_holders_link_is_undone(self) -> None:
        given(Login, LINKED).when(
            lambda login: login.unlink(UUID(int=1), reason="feil", by=DESK, at=NOON)
        ).then_refused(LoginNotLinked)


class TestErasure:
    def test_one_asks_and_another_approves(self) -> None:
        person = given(Person, KNOWN, ASKED, id=CANDIDATE)
        person.when(lambda p: p.approve_erasure(by=OTHER_DESK, at=NOON)).then(
            fact(Person.Erased, key_subject=key_subject(CANDIDATE), asked_by=DESK.subject, by=OTHER_DESK)
        )

    def test_not_the_same_person(self) -> None:
        given(Person, KNOWN, ASKED).when(lambda p: p.approve_erasure(by=DESK, at=NOON)).then_refused(TwoPersonsNeeded)

    def test_somebody_has_to_ask(self) -> None:
        given(Person, KNOWN).when(lambda p: p.approve_erasure(by=DESK, at=NOON)).then_refused(ErasureNotAsked)

    def test_asking_once_is_enough(self) -> None:
        given(Person, KNOWN, ASKED).when(
            lambda p: p.ask_erasure(REASON, "GDPR art. 17", by=OTHER_DESK, at=NOON)
        ).then_refused(ErasureAlreadyAsked)

    def test_it_can_be_declined_and_asked_again(self) -> None:
        declined = fact(Person.ErasureDeclined, reason=REASON, by=OTHER_DESK)
        given(Person, KNOWN, ASKED, declined).when(
            lambda p: p.ask_erasure(REASON, "GDPR art. 17", by=DESK, at=NOON)
        ).then(ASKED)

    def test_nothing_new_is_kept_of_an_erased_person(self) -> None:
        given(Person, KNOWN, ASKED, ERASED).when(lambda p: p.change_card(CARD, by=DESK, at=NOON)).then_refused(
            PersonErased
        )


def test_the_first_person_is_named_as_such() -> None:
    when_begun(lambda: Bootstrap.do(person_id=CANDIDATE, assignment_id=UUID(int=2), by=DESK, at=NOON)).then(
        fact(Bootstrap.Done, person_id=CANDIDATE, assignment_id=UUID(int=2), by=DESK)
    )


def test_a_trust_is_known_by_its_code() -> None:
    trust = Trust.register(code="ht-vest", name="Helseforetak vest", region="vest", by=DESK, at=NOON)
    assert trust.id == Trust.id_of("ht-vest")
