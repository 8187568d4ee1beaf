"""The difference of two texts tells the truth of both, and reads as a person would mark it."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from services.portal.pages.history.wording import Kind, counted, difference

SAME, REMOVED, ADDED = Kind.SAME, Kind.REMOVED, Kind.ADDED
TEXTS = st.text(alphabet="ab æøå.\n", max_size=60) | st.text(max_size=60)


def marked(before: str, after: str) -> list[tuple[str, str]]:
    return [(str(piece.kind), piece.text) for piece in difference(before, after)]


def test_a_word_is_replaced() -> None:
    assert marked("Vi holdt to kurs i Bodø.", "Vi holdt tre kurs i Bodø.") == [
        (SAME, "Vi holdt "),
        (REMOVED, "to"),
        (ADDED, "tre"),
        (SAME, " kurs i Bodø."),
    ]


def test_two_words_beside_each_other_are_one_change() -> None:
    before, after = "Vi holdt to kurs i Bodø den våren.", "Vi holdt tre seminarer i Bodø den våren."
    assert marked(before, after)[1:3] == [(REMOVED, "to kurs"), (ADDED, "tre seminarer")]


def test_a_text_that_is_another_is_shown_as_replaced_whole() -> None:
    before, after = "Ingen kurs er holdt.", "Pasientene kom fra alle regioner, og flere enn før."
    assert marked(before, after) == [(REMOVED, before), (ADDED, after)]


def test_what_is_new_is_only_added() -> None:
    assert marked("", "Nytt svar.") == [(ADDED, "Nytt svar.")]
    assert marked("Gammelt svar.", "") == [(REMOVED, "Gammelt svar.")]
    assert marked("Det samme.", "Det samme.") == [(SAME, "Det samme.")]


def test_words_are_counted() -> None:
    assert counted(difference("Vi holdt to kurs.", "Vi holdt tre store kurs.")) == (2, 1)


@given(before=TEXTS, after=TEXTS)
@settings(deadline=None)
def test_both_texts_can_be_read_out_of_their_difference(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind is not ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.kind is not REMOVED) == after


def test_a_hundred_thousand_characters_are_compared_in_a_moment() -> None:
    before = "og det er en tekst som er lang og sier det samme. " * 2000
    began = time.monotonic()
    pieces = difference(before, before.replace("samme", "andre", 500))
    assert time.monotonic() - began < 20
    assert counted(pieces)[0] >= 500


def test_thousands_of_empty_lines_are_compared_in_a_moment() -> None:
    before, after = "\n" * 100_000, "Ett ord.\n" + "\n" * 900
    began = time.process_time()
    pieces = difference(before, after)
    assert time.process_time() - began < 5
    assert "".join(piece.text for piece in pieces if piece.kind is not REMOVED) == after
