from __future__ import annotations

import pytest

from geo.base.messages import LANGUAGES, catalogue, text
from geo.errors import UsageError


def test_every_message_has_every_language() -> None:
    for message_id, texts in catalogue().items():
        assert set(texts) == set(LANGUAGES)
        assert all(texts.values()), message_id


def test_text_fills_fields_and_refuses_unknown_ids() -> None:
    assert text("unknown", "zh") == "不详"
    assert text("unknown", "en") == "unknown"
    with pytest.raises(UsageError, match="no message 'nothing'"):
        text("nothing", "zh")
    with pytest.raises(UsageError, match="in 'fr'"):
        text("unknown", "fr")
