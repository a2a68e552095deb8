"""Words of the page: escaped, in both languages, never markup of the data's own."""

from __future__ import annotations

import pytest

from geo.web.parts.text import citation, date_text, plain, source_details, tag, value_text, words


@pytest.mark.parametrize(
    ("qualifier", "zh", "en"),
    [
        ("exact", "94 平方公里", "94 km²"),
        ("about", "约 94 平方公里", "about 94 km²"),
        ("over", "94 平方公里以上", "over 94 km²"),
        ("under", "不足 94 平方公里", "under 94 km²"),
    ],
)
def test_values_keep_their_qualifier(qualifier: str, zh: str, en: str) -> None:
    assert value_text(94.0, qualifier, "平方公里", "zh") == zh
    assert value_text(94.0, qualifier, "km²", "en") == en


def test_an_unknown_date_is_said() -> None:
    assert date_text("unknown", "en") == date_text(float("nan"), "en") == "date unknown"
    assert date_text("2019-07", "zh") == "2019-07"


def test_a_source_is_escaped_and_its_link_is_a_web_address() -> None:
    row = {
        "title": "<script>",
        "title_en": "A & B",
        "publisher": "P",
        "published": "2020",
        "grade": "A",
        "number": None,
    }
    assert citation(row, "en", "") == "P, “A & B” (<script>), 2020"
    shown = source_details({**row, "url": "javascript:alert(1)"}, "zh", "", locator="p. <3>")
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "p. &lt;3&gt;" in shown
    assert "javascript" not in shown
    assert 'href="https://x.example/?a=1&amp;b=2"' in source_details(
        {**row, "url": "https://x.example/?a=1&b=2"}, "zh", ""
    )


def test_attributes_are_escaped_too() -> None:
    assert tag("p", title='" onclick="x', data_a="1") == '<p title="&quot; onclick=&quot;x" data-a="1"></p>'
    assert words("p", "<&>") == "<p>&lt;&amp;&gt;</p>"


def test_markdown_of_a_name_is_shown_not_read() -> None:
    assert plain("![x](http://y) **b** :red[z] `c`") == (r"\!\[x\]\(http\://y\) \*\*b\*\* \:red\[z\] \`c\`")
