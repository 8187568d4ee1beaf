"""Every code a problem can have, what it means and with which status it comes, as a document for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus

from deploy.docs.language import TOLD
from deploy.docs.words import described
from shared.domain import Refused
from shared.problems import status_of

_HEAD = """\
# Problems

Made from the code by `make docs`; a test compares them.

Whatever cannot be done is answered with `application/problem+json` (RFC 9457): `type`, `title`, `status`, a `code`
that never changes, a `detail` for people, `errors` with the place of each fault, and a `correlation_id` to quote.
Programs go by `code`. A refused request has changed nothing.
"""

OF_HTTP: Mapping[str, tuple[int, str]] = {
    "http_error": (400, "The request cannot be read as HTTP."),
    "token_missing": (401, "There is no bearer token."),
    "token_invalid": (401, "The token is not well formed, not signed by the key it names, or lacks a claim."),
    "token_expired": (401, "The token has expired; ask for another."),
    "token_for_another_service": (401, "The token is for another service."),
    "token_issuer_unknown": (401, "The token's issuer or key is not known here."),
    "token_lives_too_long": (401, "The token lives longer than a token may."),
    "token_subject_not_vouched": (401, "The issuer may not speak for this subject."),
    "no_such_route": (404, "There is nothing at this address."),
    "method_not_allowed": (405, "The address does not take this method."),
    "body_too_large": (413, "The body is larger than any request may be."),
    "malformed": (422, "The request does not have the shape it must have; `errors` lists every fault."),
    "malformed_json": (422, "The body is not JSON."),
    "idempotency_key_missing": (428, "A write names an `Idempotency-Key`, new for each thing wanted done."),
    "version_missing": (428, "A change names the version it is based on in `If-Match`."),
    "internal_error": (500, "Something broke on our side; nothing was changed."),
    "history_behind": (503, "The store was put back and lacks what others have heard; the operator must decide."),
    "standing_by": (503, "Another process of this service writes; send it there, or again to this one."),
    "storage_full": (503, "There is no room left to record anything; nothing was changed, and reading goes on."),
    "unavailable": (503, "The service cannot do it now; the same request with the same key may be sent again."),
}
"""What is wrong with a request before any rule is asked, or with us."""


def problems() -> str:
    """The document."""
    parts = [_HEAD, "## Of every request\n", *_table(_of_http())]
    for owner in ("shared", *TOLD):
        title = "Of every service" if owner == "shared" else f"Of {owner}"
        parts += [f"\n## {title}\n", *_table(_of(owner))]
    return "\n".join(parts).rstrip() + "\n"


def refusals(kind: type[Refused] = Refused) -> Iterator[type[Refused]]:
    """Every refusal there is, each once."""
    found = {kind: None}
    for child in kind.__subclasses__():
        found |= dict.fromkeys(refusals(child))
    yield from found


def _of_http() -> Iterator[tuple[str, int, str]]:
    for code, (status, meaning) in OF_HTTP.items():
        yield code, status, meaning


def _of(owner: str) -> Iterator[tuple[str, int, str]]:
    places = (owner, f"services.{owner}")
    for refusal in sorted(refusals(), key=lambda each: each.code):
        if refusal is not Refused and refusal.__module__.startswith(tuple(f"{place}." for place in places)):
            yield refusal.code, status_of(refusal), described(refusal)


def _table(rows: Iterator[tuple[str, int, str]]) -> Iterator[str]:
    yield "| code | status | what it means |\n|---|---|---|"
    for code, status, meaning in rows:
        yield f"| `{code}` | {status} {HTTPStatus(status).phrase} | {meaning} |"
