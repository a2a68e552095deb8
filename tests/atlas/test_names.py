from __future__ import annotations

import pytest

from geo.atlas.atlas import Atlas
from geo.errors import UsageError


def test_find_is_forgiving_in_spelling_and_strict_in_result(tiny: Atlas) -> None:
    for wanted in ("park_b", "PARK B", "Ｐａｒｋ　Ｂ", "乙园", "老乙"):
        assert tiny.find(wanted) == "park_b"
    with pytest.raises(UsageError, match=r"no place 'prk b': did you mean park_b\?"):
        tiny.find("prk b")
    with pytest.raises(UsageError, match="'S' may be belt_a, east"):
        tiny.find("S")
    with pytest.raises(UsageError, match="`geo places` lists them"):
        tiny.find("")
