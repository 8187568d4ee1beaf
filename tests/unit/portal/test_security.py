"""What a form must show before it is taken, and where a link may lead."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from services.portal.security import Forged, local, masked, must_come_from_here

pytestmark = pytest.mark.unit
HOME = "https://portal.example"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"origin": HOME},
        {"origin": "https://internal.example:8443", "host": "internal.example:8443"},
    ],
)
def test_a_form_of_ours_is_taken(headers: dict[str, str]) -> None:
    must_come_from_here(Headers(headers), HOME)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site", "origin": HOME},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "http://portal.example", "host": "portal.example"},
        {"origin": "null"},
        {"referer": f"{HOME}/"},
    ],
)
def test_a_form_of_anybody_else_is_not(headers: dict[str, str]) -> None:
    with pytest.raises(Forged):
        must_come_from_here(Headers(headers), HOME)


@pytest.mark.parametrize("address", ["/", "/reports/1/om?a=b&c=%2F", "/å/ø", "/reports/1#svar"])
def test_one_is_led_on_within_the_portal(address: str) -> None:
    assert local(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "reports",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/a\nSet-Cookie: b",
        "/\t/evil.example",
        "/" + "a" * 2000,
    ],
)
def test_one_is_never_led_out_of_it(address: str | None) -> None:
    assert local(address) == "/"


def test_a_token_is_never_written_the_same_way_twice() -> None:
    assert len({masked("token") for _ in range(50)}) == 50
