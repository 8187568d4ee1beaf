"""The feed tells what the bus tells, from any place on, to those who may hear it."""

from __future__ import annotations

import httpx
import pytest

from shared.feed import FeedClient, FeedFault, Publications
from tests.integration.talk import NOON, TRACE, Speaking

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


async def test_each_contract_names_its_position_and_the_one_before(speaking: Speaking) -> None:
    speaking.write("bills", "one", "two", "three")
    told = speaking.publications.read(0, 10)
    assert [(event.previous, event.position) for event in told] == [(0, 1), (1, 3), (3, 5)]
    first = told[0]
    assert (first.id, first.type, first.time) == ("speaking:1", "speaking.letter.written.v1", NOON)
    assert first.traceparent == TRACE
    assert first.data == {"text": "one"}


async def test_reading_from_any_place_gives_the_same_chain(speaking: Speaking) -> None:
    speaking.write("bills", "one", "two", "three")
    whole = speaking.publications.read(0, 10)
    # Positions 2 and 4 are private events: reading from between two contracts still finds the one before.
    assert speaking.publications.read(1, 10) == speaking.publications.read(2, 10) == whole[1:]
    assert speaking.publications.read(3, 1) == whole[2:]
    assert speaking.publications.head() == 5
    assert speaking.publications.count(1) == 2


async def test_who_tells_nothing_has_an_empty_feed(speaking: Speaking) -> None:
    speaking.write("bills", "one")
    silent = Publications(speaking.store, "speaking", {})
    assert (silent.read(0, 10), silent.head(), silent.count(0)) == ([], 0, 0)


async def test_the_feed_over_http_says_the_same(speaking: Speaking) -> None:
    speaking.write("bills", "one", "line\u2028separator", "three")
    assert await speaking.feed.read(0, 2) == speaking.publications.read(0, 2)
    assert await speaking.feed.read(3, 10) == speaking.publications.read(3, 10)
    assert await speaking.feed.read(5, 10) == []
    assert await speaking.feed.head() == 5


async def test_the_feed_is_json_lines_and_tells_its_head(speaking: Speaking) -> None:
    speaking.write("bills", "one", "two")
    async with speaking.http() as http:
        allowed = {"Authorization": "Bearer let-me-in"}
        answer = await http.get("http://speaking/feed", params={"limit": 1}, headers=allowed)
        refused = await http.get("http://speaking/feed")
        malformed = await http.get("http://speaking/feed", params={"after": -1}, headers=allowed)
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert answer.headers["feed-head"] == "3"
    assert answer.text.count("\n") == 1
    assert refused.status_code == 403
    assert malformed.status_code == 422


async def test_a_feed_that_cannot_be_read_is_a_fault(speaking: Speaking) -> None:
    stranger = FeedClient("http://speaking", lambda: "wrong", speaking.http())
    with pytest.raises(FeedFault, match="403"):
        await stranger.read(0, 1)

    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    away = FeedClient("http://speaking", lambda: "", httpx.AsyncClient(transport=httpx.MockTransport(nobody)))
    with pytest.raises(FeedFault, match="ConnectError"):
        await away.head()
