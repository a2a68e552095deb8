"""Names stand in the order that a reader of the language looks them up in."""

from __future__ import annotations

from itertools import pairwise

from pypinyin import lazy_pinyin

from geo.atlas.atlas import Atlas
from geo.base.name_order import name_order


def names(given: list[str], language: str) -> list[str]:
    return sorted(given, key=lambda name: name_order({f"name_{language}": name}, language))


def test_chinese_names_stand_by_sound_after_latin_letters(atlas: Atlas) -> None:
    assert names(["张江", "ＩＢＭ 中国", "北园", "abb 工厂"], "zh") == ["abb 工厂", "ＩＢＭ 中国", "北园", "张江"]
    every = names(list(atlas.institutions["name_zh"]), "zh")
    common = [name for name in every if b"\xb0" <= name[0].encode("gb18030")[:1] < b"\xd8"]
    assert len(common) > 200
    sounds = [lazy_pinyin(name[0])[0] for name in common]
    heteronyms = {"大", "重", "长", "合", "乐", "华"}  # pypinyin and the standard may sound them differently
    assert all(a <= b for (a, b), (x, y) in zip(pairwise(sounds), pairwise(common), strict=True)
               if not {x[0], y[0]} & heteronyms)  # fmt: skip


def test_english_names_stand_by_letter_whatever_case_and_accent() -> None:
    assert names(["zeta", "Éclair", "eclipse", "ABB", "apple"], "en") == ["ABB", "apple", "Éclair", "eclipse", "zeta"]
