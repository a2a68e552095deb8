"""What a long run says of itself: a change at once, the same again only after a while, nothing in the end."""

from __future__ import annotations

import pytest

from geo.web.parts import telling


class Place:
    def __init__(self) -> None:
        self.said: list[str] = []

    def html(self, words: str) -> None:
        self.said.append(str(words))

    def empty(self) -> None:
        self.said.append("")


def test_it_writes_what_is_new_at_once_and_the_rest_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    place, clock = Place(), [100.0]
    monkeypatch.setattr(telling.st, "empty", lambda: place)
    monkeypatch.setattr(telling.time, "monotonic", lambda: clock[0])
    one = telling.Telling()
    for said, passed in (("1 <", 0.0), ("1 <", 0.1), ("2", 0.0), ("2", 0.6)):
        clock[0] += passed
        one.say(said)
    one.end()
    assert [words.partition(">")[2].removesuffix("</div>") for words in place.said] == ["1 &lt;", "2", "2", ""]
    assert all('role="status"' in words for words in place.said[:-1])


def test_outside_of_a_session_the_visitor_is_nobody() -> None:
    assert telling.visitor() == ""
