"""One spelling of an address, whatever the table has."""

from __future__ import annotations

import pytest

from geo.addresses.fold import folded, key_of


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("南京东路６３５号", "南京东路635号"),
        (" 南京 东路\u3000635 号 ", "南京东路635号"),
        ("长江路一百二十号", "长江路120号"),
        ("长江路一二零弄三号", "长江路120弄3号"),
        ("长江路二十弄", "长江路20弄"),
        ("长江路十号", "长江路10号"),
        ("长江路一千零八号", "长江路1008号"),
        ("中山东1路12号", "中山东一路12号"),
        ("中山东一路12号", "中山东一路12号"),
        ("光复路12路", "光复路十二路"),
        ("梨园2村9号", "梨园二村9号"),
        ("巿光四村", "市光四村"),
        ("徳兴路3号", "德兴路3号"),
        ("蕰东公路9号", "蕴东公路9号"),
        ("长江路（近黄河路）", "长江路(近黄河路)"),
        ("长江路【东门】", "长江路(东门)"),
        ("长江路12—18号", "长江路12-18号"),
        ("长江路12～18号", "长江路12-18号"),
        ("长江路，12号；", "长江路,12号,"),
        ("第三号线", "第三号线"),
        ("", ""),
    ],
)
def test_one_spelling(given: str, expected: str) -> None:
    assert folded(given) == expected
    assert folded(expected) == expected


def test_a_key_has_no_marks() -> None:
    assert key_of("长江路（西段）") == key_of("长江路西段") == "长江路西段"
    assert key_of("ABC 广场") == "abc广场"
