"""Names stand in the order that a reader of the language looks them up in."""

from __future__ import annotations

import random
from itertools import pairwise

from pypinyin.pinyin_dict import pinyin_dict

from geo.atlas.atlas import Atlas
from geo.base.name_order import name_order


def names(given: list[str], language: str) -> list[str]:
    return sorted(given, key=lambda name: name_order({f"name_{language}": name}, language))


def test_chinese_names_stand_by_sound_after_latin_letters() -> None:
    asked = ["张江", "ＩＢＭ 中国", "北园", "abb 工厂", "3M 中国"]
    assert names(asked, "zh") == ["3M 中国", "abb 工厂", "ＩＢＭ 中国", "北园", "张江"]


def test_a_rare_character_stands_by_its_sound_as_a_common_one_does() -> None:
    """The standard GB 2312 has these after all common characters."""
    assert all(name[0].encode("gb2312") >= b"\xd8\xa1" for name in ("哔哩", "沐曦", "燧原", "珞博"))
    common = ["安园", "北园", "陆家嘴", "梦园", "商汤", "泰坦", "中园"]
    assert names([*common, "哔哩", "沐曦", "燧原", "珞博"], "zh") == [
        *("安园", "北园", "哔哩", "陆家嘴", "珞博", "梦园", "沐曦", "商汤", "燧原", "泰坦", "中园")
    ]


def test_the_syllable_goes_before_the_tone_and_the_word_decides_the_reading() -> None:
    assert names(["昂", "按", "安"], "zh") == ["安", "按", "昂"]
    assert names(["中园", "重庆", "成都"], "zh") == ["成都", "重庆", "中园"]
    assert names(["張江", "张", "張"], "zh") == ["张", "張", "張江"]


def test_the_order_of_the_atlas_is_that_of_the_alphabet(atlas: Atlas) -> None:
    """By the table of single characters, read without the library's own choice among readings."""
    every = list(atlas.institutions["name_zh"])
    random.Random(1).shuffle(every)
    listed = names(every, "zh")
    spoken = [name for name in listed if ord(name[0]) in pinyin_dict]
    assert len(spoken) > 200
    assert listed[len(listed) - len(spoken) :] == spoken
    initials = [{plain(one)[0] for one in pinyin_dict[ord(name[0])].split(",")} for name in spoken]
    assert all(min(a) <= max(b) for a, b in pairwise(initials))
    one_reading = [plain(pinyin_dict[ord(name[0])]) for name in spoken if "," not in pinyin_dict[ord(name[0])]]
    assert len(one_reading) > 100
    assert one_reading == sorted(one_reading)


def plain(sound: str) -> str:
    """Return a syllable without its tone mark."""
    marked = dict(zip("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü", "aaaaeeeeiiiioooouuuuvvvvv", strict=True))
    return "".join(marked.get(letter, letter) for letter in sound)


def test_what_has_no_sound_stands_last_and_nothing_is_too_odd_to_be_sorted() -> None:
    assert names(["\U0002a6d6", "中园", "", "é", "ab丷"], "zh")[0] == ""
    assert names(["\U00030000", "中园", "zoo"], "zh") == ["zoo", "中园", "\U00030000"]


def test_english_names_stand_by_letter_whatever_case_and_accent() -> None:
    assert names(["zeta", "Éclair", "eclipse", "ABB", "apple"], "en") == ["ABB", "apple", "Éclair", "eclipse", "zeta"]
