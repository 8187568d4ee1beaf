"""The year's dossier: put together by one region, confirmed by another, presented, and only then sent."""

from __future__ import annotations

from collections import Counter
from typing import Any

from deploy.demo import bundle
from deploy.demo.judgements import DECISION, EXPLANATION, REMARK
from deploy.demo.screen import Chapter
from deploy.demo.story import NOT_REVIEWED, REGIONAL_CHOSEN, REGIONAL_LEFT_OUT, WITH_FIGURES, Story, Unit


async def play(story: Story) -> None:
    await story.travel(story.moments.dossier)
    with story.screen.chapter("The dossier is prepared and confirmed") as chapter:
        chapter.expect(4)
        await _choose(story, chapter)
        await _explain(story, chapter)
        await _prepare(story, chapter)
        await _confirm(story, chapter)


async def play_sending(story: Story) -> None:
    await story.travel(story.moments.after_meeting)
    with story.screen.chapter("It is presented, then sent") as chapter:
        chapter.expect(4)
        await _present(story, chapter)
        await _send(story, chapter)
        await bundle.check(story, chapter)
        await story.travel(story.moments.receipt)
        await _receive(story, chapter)


def _at(story: Story, path: str = "") -> str:
    return f"/dossiers/{story.year}{path}"


async def _shown(story: Story, alias: str = "secretary") -> dict[str, Any]:
    shown: dict[str, Any] = await story.review(alias).get(_at(story))
    return shown


def _of_kind(story: Story, kind: str) -> Unit:
    return next(unit for unit in story.written if unit.kind == kind)


async def _choose(story: Story, chapter: Chapter) -> None:
    """The regions' own centres and services come before the meeting where their region wants it."""
    chosen, left_out = _of_kind(story, REGIONAL_CHOSEN), _of_kind(story, REGIONAL_LEFT_OUT)
    body = {"region": chosen.regions[0], "included": True}
    await story.review(chosen.desk).post(_at(story, "/regional-units"), body)
    codes = {line["unit_code"] for line in (await _shown(story))["lines"]}
    wanted = set(story.units) - {left_out.code}
    told = f"{len(codes)} units"
    story.ledger.equal("it holds every unit but the one its region leaves out", codes, wanted, told)
    chapter.step()


async def _explain(story: Story, chapter: Chapter) -> None:
    """A unit without a reviewed report holds the dossier up until its region says why."""
    unit = story.units[NOT_REVIEWED]
    desk = story.review(unit.desk)
    refused = await desk.send("POST", _at(story, "/preparations"), json={"region": unit.regions[0]})
    named = [error["pointer"] for error in refused.body.get("errors", [])]
    story.ledger.equal("an unexplained unit holds it up", refused.refused, "409 units_unexplained")
    story.ledger.equal("and is named", named, [f"/units/{unit.code}"])
    body = {"region": unit.regions[0], "unit_id": unit.id, "text": EXPLANATION, "base_version": 0}
    await desk.post(_at(story, "/explanations"), body)
    counted = (await _shown(story))["completeness"]
    seen = (counted["explained"], counted["exempted"], counted["unexplained"], counted["without_summary"])
    story.ledger.equal("explained, it is complete", seen, (1, 1, 0, []), f"{counted['reviewed']} reviewed")
    chapter.step()


async def _prepare(story: Story, chapter: Chapter) -> None:
    await story.review("desk-midt").post(_at(story, "/preparations"), {"region": "midt"})
    seen = (await _shown(story))["version"]
    own = await _confirmed(story, "midt", seen)
    story.ledger.equal("nobody confirms the own dossier", own, "409 own_dossier")
    chapter.step()


async def _confirm(story: Story, chapter: Chapter) -> None:
    early = await story.review("secretary").send("POST", _at(story, "/presentations"), json=_minutes(story))
    story.ledger.equal("what nobody confirmed is not presented", early.refused, "409 not_confirmed")
    seen = (await _shown(story))["version"]
    stale = await _confirmed(story, "nord", seen - 1)
    story.ledger.equal("another version than the one seen is not confirmed", stale.split()[0], "412")
    await _confirmed(story, "nord", seen)
    shown = await _shown(story)
    regions = (shown["prepared"]["region"], shown["confirmed"]["region"], shown["status"])
    story.ledger.equal("one region prepares, another confirms", regions, ("midt", "nord", "confirmed"))
    chapter.step()


async def _confirmed(story: Story, region: str, seen: int) -> str:
    body, match = {"region": region}, {"If-Match": f'"{seen}"'}
    desk = story.review(f"desk-{region}")
    return (await desk.send("POST", _at(story, "/confirmations"), json=body, headers=match)).refused


def _minutes(story: Story) -> dict[str, Any]:
    return {
        "on": story.moments.meeting.date().isoformat(),
        "meeting": f"Fagdirektørmøtet 3/{story.year + 1}",
        "case_reference": f"{story.year + 1}/1234-5",
        "decision": DECISION,
        "remarks": {story.units[WITH_FIGURES].id: REMARK},
    }


async def _present(story: Story, chapter: Chapter) -> None:
    secretary = story.review("secretary")
    early = await secretary.send("POST", _at(story, "/dispatches"))
    story.ledger.equal("nothing is sent before the meeting has had it", early.refused, "409 not_presented")
    secret = await story.review("ministry").send("GET", _at(story))
    story.ledger.equal("and the ministry does not see it yet", secret.status, 404)
    await secretary.post(_at(story, "/presentations"), _minutes(story))
    presented = (await _shown(story))["presented"]
    seen = (presented["decision"]["text"], presented["remarks"][story.units[WITH_FIGURES].id]["text"])
    story.ledger.equal("remarks and decision are recorded", seen, (DECISION, REMARK), presented["meeting"]["name"])
    returned = {"region": "vest", "number": 1, "reason": "For sent."}
    late = await story.reviewer("vest").send("POST", story.judged(WITH_FIGURES, "/returns"), json=returned)
    story.ledger.equal("what was presented is not given back", late.refused, "409 already_presented")
    chapter.step()


async def _send(story: Story, chapter: Chapter) -> None:
    secretary = story.review("secretary")
    sent = await secretary.post(_at(story, "/dispatches"))
    again = await secretary.send("POST", _at(story, "/dispatches"))
    told = (sent["status"], again.refused)
    story.ledger.equal("it is sent once", told, ("sent", "409 already_sent"))
    states = await story.states()
    left_out = _of_kind(story, REGIONAL_LEFT_OUT).code
    ends = {NOT_REVIEWED: "under_review", left_out: "reviewed"}
    wanted = {code: ends.get(code, "sent_to_ministry") for code in story.reviews}
    seen = {code: state for code, state in states.items() if code in story.reviews}
    counted = ", ".join(f"{count} {state}" for state, count in Counter(states.values()).items())
    story.ledger.equal("the joint state of every report tells of it", seen, wanted, counted)
    chapter.step()


async def _receive(story: Story, chapter: Chapter) -> None:
    on = story.moments.receipt.date().isoformat()
    body = {"on": on, "reference": f"{story.year + 1}/77", "channel": "electronic"}
    await story.review("secretary").post(_at(story, "/receipts"), body)
    receipt = (await _shown(story, "ministry"))["receipt"]
    story.ledger.equal("the ministry's receipt is recorded", (receipt["on"], receipt["channel"]), (on, "electronic"))
    chapter.step()
