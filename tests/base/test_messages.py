from __future__ import annotations

import pytest

from geo.base.messages import LANGUAGES, catalogue, text
from geo.errors import UsageError


def test_every_message_has_every_language() -> None:
    for message_id, texts in catalogue().items():
        assert set(texts) == set(LANGUAGES)
        assert all(texts.values()), message_id


def test_english_has_a_singular() -> None:
    assert [text("measure.sites", "en", count=count) for count in (0, 1, 2)] == ["0 places", "1 place", "2 places"]
    assert text("web.shown_only", "en", shown=1200) == "1,200 places shown"
    assert text("compare.reason.date", "en", years=2, span="2019") == "more than 2 years from those compared (2019)"


def test_text_fills_fields_and_refuses_unknown_ids() -> None:
    assert text("unknown", "zh") == "不详"
    assert text("unknown", "en") == "unknown"
    with pytest.raises(UsageError, match="no message 'nothing'"):
        text("nothing", "zh")
    with pytest.raises(UsageError, match="in 'fr'"):
        text("unknown", "fr")
