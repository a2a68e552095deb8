"""Words of the page: escaped, in both languages, never markup of the data's own."""

from __future__ import annotations

from geo.web.parts.text import escape_markdown, source_details


def test_a_source_is_escaped_and_its_link_is_a_web_address() -> None:
    row = {
        "title": "<script>",
        "title_en": "A & B",
        "publisher": "P",
        "published": "2020",
        "grade": "A",
        "number": None,
    }
    shown = source_details({**row, "url": "javascript:alert(1)"}, "zh", locator="p. <3>")
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "p. &lt;3&gt;" in shown
    assert "javascript" not in shown
    assert 'href="https://x.example/?a=1&amp;b=2"' in source_details({**row, "url": "https://x.example/?a=1&b=2"}, "zh")


def test_markdown_of_a_name_is_shown_not_read() -> None:
    assert escape_markdown("![x](http://y) **b** :red[z] `c`") == (r"\!\[x\]\(http\://y\) \*\*b\*\* \:red\[z\] \`c\`")
