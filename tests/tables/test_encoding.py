"""Encodings: right or refused with the place, never mojibake."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from geo.errors import DataError, UsageError
from geo.tables.encoding import as_utf8, codec_name, looks_chinese

TEXT = "名称,地址\n" + "某某人工智能实验室,徐汇区漕河泾路１号\n" * 30


def read(tmp_path: Path, raw: bytes, **options: str) -> tuple[str, str, str]:
    path = tmp_path / "in.csv"
    path.write_bytes(raw)
    found = as_utf8(path, tmp_path, "in.csv", **options)
    return found.encoding, found.rule, found.path.read_bytes()[found.start :].decode("utf-8")


@pytest.mark.parametrize(
    ("raw", "encoding", "rule"),
    [
        (TEXT.encode("utf-8"), "utf-8", "utf8"),
        (TEXT.encode("utf-8-sig"), "utf-8", "bom"),
        (TEXT.encode("gbk"), "gb18030", "gb18030"),
        ((TEXT + "𠮷野家\n").encode("gb18030"), "gb18030", "gb18030"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le", "bom"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be", "bom"),
        (TEXT.encode("utf-16-le"), "utf-16-le", "zeros"),
        (TEXT.encode("utf-16-be"), "utf-16-be", "zeros"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32-le", "bom"),
        (b"a,b\r\n1,2\r\n", "utf-8", "utf8"),
    ],
)
def test_each_encoding_is_told_and_decoded(tmp_path: Path, raw: bytes, encoding: str, rule: str) -> None:
    found = read(tmp_path, raw)
    assert found[:2] == (encoding, rule)
    assert found[2] == (TEXT if len(raw) > 100 and "𠮷".encode("gb18030") not in raw else found[2])
    assert "名称" in found[2] or raw.startswith(b"a,b")


def test_what_gbk_looks_like_when_the_rule_is_missing(tmp_path: Path) -> None:
    # The wrong reading, to know that the right one is no accident.
    assert "名称" not in TEXT.encode("gbk").decode("cp1252", "replace")
    assert "名称" in read(tmp_path, TEXT.encode("gbk"))[2]


def test_utf8_broken_late_is_refused_with_the_place(tmp_path: Path) -> None:
    good = ("甲," * 10 + "\n").encode() * 40_000  # larger than one chunk, so that a sample would not see it
    with pytest.raises(DataError, match=rf"in\.csv: not valid UTF-8 at byte {len(good)} \(line 40001\): FF"):
        read(tmp_path, good + b"\xff\xfe," + good[:300])


def test_utf8_truncated_within_its_last_character_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"not valid UTF-8 at byte \d+ \(line 31\)"):
        read(tmp_path, TEXT.encode()[:-3])


def test_gbk_broken_late_is_refused_with_both_places(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"neither UTF-8 \(fails at byte 0 .* nor GB18030 \(fails at byte \d{4}"):
        read(tmp_path, TEXT.encode("gbk") + b"\xff,\n")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("臺灣人工智慧實驗室,臺北市大安區\n" * 5, "big5"),
        ("東京都,ラーメン屋さん\n" * 5, "shift-jis"),
        ("name,ville\nCafé du Théâtre,Orléans\n", "latin-1"),
        ("Москва,улица Ленина\n" * 3, "cp1251"),
    ],
)
def test_a_third_encoding_is_refused_but_can_be_named(tmp_path: Path, text: str, encoding: str) -> None:
    with pytest.raises(DataError, match="encoding=big5"):
        read(tmp_path, text.encode(encoding))
    assert read(tmp_path, text.encode(encoding), encoding=encoding)[1:] == ("option", text)


def test_a_zero_byte_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="zero byte in line 3"):
        read(tmp_path, b"a,b\n1,2\n3,\x004\n")


def test_options_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="byte order mark says utf-8"):
        read(tmp_path, TEXT.encode("utf-8-sig"), encoding="gbk")
    with pytest.raises(UsageError, match="encoding 'klingon' is not known"):
        codec_name("klingon")
    with pytest.raises(UsageError, match="encoding 'hex' is not known"):
        codec_name("hex")
    for name in ("punycode", "IDNA", "unicode_escape", "raw_unicode_escape", "undefined"):  # a .cpg may name one too
        with pytest.raises(UsageError, match=f"encoding '{name}' is not known"):
            codec_name(name)
    with pytest.raises(DataError, match=r"taken as utf-8 \(rule: option\) it cannot be decoded at byte 0"):
        read(tmp_path, TEXT.encode("gbk"), encoding="utf-8")


def test_an_option_agrees_with_its_mark(tmp_path: Path) -> None:
    raw = codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")
    assert read(tmp_path, raw, encoding="utf-16") == ("utf-16-le", "option", TEXT)
    assert codec_name("GBK") == codec_name("cp936") == "gb18030"


def test_looks_chinese_tells_chinese_from_chance() -> None:
    assert looks_chinese("上海市徐汇区，龙文路一百二十九号")
    assert looks_chinese("plain")
    assert not looks_chinese("涓婃捣甯傚緪姹囧尯")  # UTF-8 read as GBK
