"""Everybody chooses how to be told; duties stay."""

from __future__ import annotations

from typing import Any

import pytest

from services.notify.occasion import MAY_BE_MUTED, Occasion, is_duty
from services.notify.preferences import Choice, DutyCannotBeMuted, Language, Preferences
from shared.domain import Acting
from tests.facts import NOON, fact, made_up
from tests.spec import given, when_begun

pytestmark = pytest.mark.unit
LEAD = made_up("lead")
ONESELF = Acting(subject=str(LEAD), role="oneself")
WHO: dict[str, Any] = {"by": ONESELF, "at": NOON}
NYNORSK = Choice(language=Language.NYNORSK, digest=True, muted=(Occasion.REMINDER,))
chosen = fact(Preferences.Chosen, by=ONESELF, person_id=LEAD, choice=NYNORSK)
DUTIES = [occasion for occasion in Occasion if is_duty(occasion)]


def test_the_first_choice() -> None:
    when_begun(lambda: Preferences.first(LEAD, NYNORSK, **WHO)).then(chosen)


def test_another_choice() -> None:
    plain = fact(Preferences.Chosen, by=ONESELF, person_id=LEAD, choice=Choice())
    given(Preferences, chosen).when(lambda p: p.choose(Choice(), **WHO)).then(plain)


def test_the_same_choice_again_changes_nothing() -> None:
    given(Preferences, chosen).when(lambda p: p.choose(NYNORSK, **WHO)).then()


@pytest.mark.parametrize("occasion", DUTIES)
def test_a_duty_is_not_turned_off(occasion: Occasion) -> None:
    wish = Choice(muted=(Occasion.REMINDER, occasion))
    when_begun(lambda: Preferences.first(LEAD, wish, **WHO)).then_refused(DutyCannotBeMuted)
    given(Preferences, chosen).when(lambda p: p.choose(wish, **WHO)).then_refused(DutyCannotBeMuted)


@pytest.mark.parametrize("occasion", sorted(MAY_BE_MUTED))
def test_everything_else_is(occasion: Occasion) -> None:
    wish = Choice(muted=(occasion,))
    when_begun(lambda: Preferences.first(LEAD, wish, **WHO)).then(
        fact(Preferences.Chosen, by=ONESELF, person_id=LEAD, choice=wish)
    )


def test_a_message_that_asks_for_nothing_is_no_duty() -> None:
    assert Occasion.FORM_SENT in DUTIES
    assert Occasion.REMINDER not in DUTIES
    assert Occasion.DIGEST not in DUTIES
