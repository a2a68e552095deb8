from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.base.messages import LANGUAGES, catalogue, text
from geo.errors import UsageError

ROOT = Path(__file__).parents[2]


def test_every_message_has_every_language() -> None:
    for message_id, texts in catalogue().items():
        assert set(texts) == set(LANGUAGES)
        assert all(texts.values()), message_id


def test_english_has_a_singular() -> None:
    assert [text("measure.sites", "en", count=count) for count in (0, 1, 2)] == ["0 places", "1 place", "2 places"]
    assert text("web.shown_only", "en", shown=1200) == "1,200 places shown"
    assert text("compare.reason.date", "en", years=2, span="2019") == "more than 2 years from those compared (2019)"


def test_numbers_have_separators_and_years_have_none() -> None:
    assert text("measure.sites", "zh", count=1200) == "1,200 处"
    assert text("changed.map.then", "zh", year=2017) == "到 2017 年底已点名"
    assert text("changed.answer", "en", first=2017, last=2025, then=1, now=1200, new=1199) == (
        "By the end of 2017, documents had named 1 place of the layout; by the end of 2025, 1,200: 1,199 new."
    )


#: Fields that are never one, and may stand before a plural: the numbers of our own rules.
_MANY = {"path", "layers", "years", "least", "most", "points", "times", "n", "held", "size"}
_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
#: What is a name in every language, or is typed as it stands: formats, programs, options, columns, addresses.
_NAMES = re.compile(
    r"geo atlas|"
    r"\{[^{}]*\}|`[^`]*`|--[\w-]+|https?://\S+|docs/\S+|geo (?:app|assign|geocode|gazetteer)"
    r"|apt install \S+|\w+=(?:\"\w+\"|\d+)?|\"\w+\""
    r"|\.?\w+\.(?:json|csv)|\.[a-z]+\b|utf-8|utf-16|gb18030|big5|cp1252|bzip2|gzip|\bxz\b|zstd|geojson-gcj02|\b[a-z]+(?:_[a-z0-9]*)+|\b[A-Z0-9]{2,}\b"
    r"|\b(?:GeoJSON|GeoPackage|Parquet|Shapefile|shapefile|Excel|Word|QGIS|MapInfo|Office|NetworkLink|Atom|English|Python|pandas|GeoParquet|SQLite|Feather|FlatGeobuf|OpenStreetMap|Debian|Leaflet|dBASE|Host|Features"
    r"|TopoJSON|OpenDocument|Karney|Volodymyr Agafonkin|Clause|lon|lat|point|geometry|crs|wgs84|gcj02|bd09)\b"
    r"|\b(?:Arrow|Dask|PostGIS)\b"
)
#: Messages read by programs or by who writes to them, where names of columns, sheets and parameters are the words.
_FOR_PROGRAMS = ("api.", "mcp.", "carried.", "export.xlsx.printed", "new.next")


def _english(template: str) -> list[str]:
    """Return what is said in English in a text that should be in Chinese."""
    return re.findall(r"[A-Za-z]{2,}", _NAMES.sub(" ", template))


def test_no_message_mixes_languages() -> None:
    for message_id, texts in catalogue().items():
        if not message_id.startswith(_FOR_PROGRAMS):
            assert not _english(texts["zh"]), message_id
        kept = re.sub(
            r"\b(?:filed|registered) \((?:备案|登记)\)|\{\w+\} (?:filed|registered) \(\w+\)|中文", "", texts["en"]
        )
        assert not re.search(f"[{_CHINESE}]", kept), message_id


def test_each_language_has_its_own_marks() -> None:
    """Chinese marks in Chinese, English ones in English; "25%" in both."""
    for message_id, texts in catalogue().items():
        zh, en = (re.sub(r"\{[^{}]*\}", "X", texts[lang]) for lang in LANGUAGES)
        assert not re.search(f"[{_CHINESE}][,;:?!()]|[,;:?!()][{_CHINESE}]|[{_CHINESE}]\\.(?:\\s|$)", zh), message_id
        assert not re.search(r"[，。；：（）、《》]", en), message_id
        assert not re.search(r"[X\d] %", zh + en), message_id
        assert not re.search(r" ,| ;|  ", zh + en), message_id
        # A number or a Latin word has a space beside Chinese: "12 处".
        bare = re.sub(r"\{[^{}]*\}", " ", texts["zh"])
        assert not re.search(f"[{_CHINESE}][A-Za-z0-9]|[A-Za-z0-9%][{_CHINESE}]", bare), message_id


#: What is another's words inside ours: the marks and numbers in it stay.
_QUOTED = re.compile("“[^”]*”|《[^》]*》|〔[^〕]*〕[^，。；]*?号")
#: Titles of documents and names keep the writing of who gave them.
_THEIRS = ("name_", "title_", "quote_note_")


def _words_of_the_data() -> Iterator[tuple[str, str, str]]:
    """Yield where, in which column and what: each text in Chinese or English of the tables that a reader sees."""
    for path in (*sorted((ROOT / "seeds").glob("*.csv")), *sorted((ROOT / "geo" / "data").glob("*.csv"))):
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            for column, value in row.items():
                if column.endswith(("_zh", "_en")) and not (column == "title_en" and value == row.get("title")):
                    yield f"{path.name}:{next(iter(row.values()))}", column, value
    for path in sorted((ROOT / "seeds" / "boundaries").glob("*.geojson")):
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            for column in ("note_zh", "note_en"):
                yield path.name, column, feature["properties"].get(column) or ""


def test_the_data_keeps_to_the_same_marks() -> None:
    """One writing of numbers, money and quotes on every page, whichever table the words come from."""
    seen = 0
    for where, column, value in _words_of_the_data():
        seen += 1
        ours = _QUOTED.sub("“”", value)
        assert not re.search(r"\d [%％]|  ", ours), (where, column, value)
        if column.endswith("_en"):
            assert '"' not in value, (where, column, value)
            assert column.startswith(_THEIRS) or not re.search(r"[，。；：（）、《》]", ours), (where, column, value)
            # "CNY 2 billion", as the figures say it.
            assert column.startswith(_THEIRS) or not re.search(r"\d (?:m|b|tr)illion yuan", ours), (where, value)
            continue
        assert not re.search(f"[{_CHINESE}][,;:?!()]|[,;:?!()][{_CHINESE}]", ours), (where, column, value)
        # "1,200 家", as the figures say it.
        assert not re.search(r"(?<![\d.,:—–-])\d{4,}(?:\.\d+)? (?:多|余)?(?:[亿万]|家|公里|平方|亩|人|条)", ours), (
            where,
            value,
        )
        spaced = re.search(f"[{_CHINESE}][0-9]|[0-9%][{_CHINESE}]", ours)
        assert not spaced or column.startswith(_THEIRS), (where, column, value)
    assert seen > 5000


#: Refusals that hand on what another said, with its own advice, or to which the one who asked adds it.
_HANDED_ON = {"refused.crs", "refused.points", "refused.system"}


def test_a_refusal_says_what_to_do_next() -> None:
    asked = {name: texts["zh"] for name, texts in catalogue().items() if re.match(r"(?:\w+\.)?refused\.", name)}
    silent = {name for name, said in asked.items() if not re.search("请|可用|可试|须|适用的有|有的|另存", said)}
    assert silent == _HANDED_ON


def test_plurals_are_a_rule() -> None:
    """No bare number stands before a plural: ``{count:place|places}`` knows which it is."""
    for message_id, texts in catalogue().items():
        for name, noun in re.findall(r"\{(\w+)\} (?:[a-z]+ )?([a-z]{2,}s)\b", texts["en"]):
            assert name in _MANY or noun in _NO_NOUNS, (message_id, name, noun)
    assert text("tables.report.reason", "en", count=1, reason="bad") == "1 row: bad"
    assert text("assign.report.guarded", "en", count=1).startswith("1 text looks like a formula;")


#: Words that end in s and are no plural.
_NO_NOUNS = {"does", "is", "has", "was", "this", "holds", "lies", "differs", "breaks", "as", "yours", "goes", "builds"}
_NO_NOUNS |= {"carries", "counts", "ends", "gives", "names", "needs", "takes", "writes"}


def test_text_fills_fields_and_refuses_unknown_ids() -> None:
    assert text("unknown", "zh") == "不详"
    assert text("unknown", "en") == "unknown"
    with pytest.raises(UsageError, match="no message 'nothing'"):
        text("nothing", "zh")
    with pytest.raises(UsageError, match="in 'fr'"):
        text("unknown", "fr")
