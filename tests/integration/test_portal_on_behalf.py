"""The group's leader enters what a member answered; whatever is in the way of it, both texts are shown."""

from __future__ import annotations

import pytest

from tests.integration.draft import NORD, USER
from tests.integration.portal import readable
from tests.integration.portal_forms import form, forms
from tests.integration.test_portal_form import Pages, by_script, pages

__all__ = ["pages"]
pytestmark = [pytest.mark.integration, pytest.mark.anyio]


async def test_what_a_script_enters_for_a_member_is_answered_like_any_answer(pages: Pages) -> None:
    leader, member = pages.browser(pages.draft.leader), pages.browser(pages.draft.members["nord"])
    address = f"{pages.address(NORD)}/pa-vegne"
    missing = await by_script(leader, address, text=" ", version=0, answered_on="2025-12-01")
    assert (missing.status_code, missing.json()["code"]) == (422, "incomplete")
    done = await by_script(leader, address, text="Nord er nådd.", version=0, answered_on="2025-12-01")
    assert (done.status_code, done.json()["version"]) == (200, 1)
    second = await by_script(leader, address, text="Fra et annet vindu.", version=0, answered_on="2025-12-01")
    assert (second.status_code, second.json()["code"]) == (409, "changed_meanwhile")
    assert 'data-choose="mine"' in second.json()["panel"]
    confirming = await pages.form(member, NORD, "/bekreft")
    await member.post(confirming.action, confirming.filled())
    late = await by_script(leader, address, text="For sent.", version=1, answered_on="2025-12-01")
    told = late.json()
    assert (late.status_code, told["code"]) == (409, "answer_is_confirmed")
    assert "Nord er nådd." in told["panel"]
    assert "For sent." in told["panel"]
    assert 'data-choose="mine"' not in told["panel"]


async def test_whoever_enters_second_without_a_script_gets_both_texts_and_the_day_back(pages: Pages) -> None:
    leader, user = pages.browser(pages.draft.leader), pages.browser(pages.draft.user)
    entering = await pages.form(leader, USER, "/pa-vegne")
    typed = entering.filled(text="Fra det første vinduet.", answered_on="2025-12-01")
    await leader.follow(await leader.post(entering.action, typed))
    typed = entering.filled(text="Fra det andre vinduet.", answered_on="2025-12-02")
    second = await leader.post(entering.action, typed)
    assert "Fra det første vinduet." in readable(second.text)
    again = form(second.text, "/pa-vegne")
    assert (again.fields["text"], again.fields["answered_on"]) == (["Fra det andre vinduet."], ["2025-12-02"])
    await leader.follow(await leader.post(again.action, again.filled()))
    await user.follow(await pages.save(user, USER, "Slik mener jeg det."))
    late = await leader.post(again.action, again.filled(text="For sent."))
    assert late.status_code == 409
    page = readable(late.text)
    assert "har skrevet svaret sitt selv" in page
    assert "Slik mener jeg det." in page
    assert "For sent." in page
    assert forms(late.text, "/pa-vegne") == []
