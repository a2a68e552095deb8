"""HTML and plain text are different types: text is escaped once, HTML never."""

from __future__ import annotations

import pytest

from geo.render.markup import Markup, foreign, join, link_out, tag


def test_text_is_escaped_and_html_is_not() -> None:
    assert tag("p", "<b>", tag("i", "a & b")) == "<p>&lt;b&gt;<i>a &amp; b</i></p>"
    assert isinstance(tag("p", "x"), Markup)
    # An f-string of HTML is text again, and so is shown as what it is.
    assert tag("p", f"{tag('i', 'x')}") == "<p>&lt;i&gt;x&lt;/i&gt;</p>"


def test_sums_and_rows_of_html_and_text_escape_the_text() -> None:
    assert tag("i", "x") + "<" == "<i>x</i>&lt;"
    assert "<" + tag("i", "x") == "&lt;<i>x</i>"
    assert join(["<", tag("i", "x"), ">"], "&") == "&lt;&amp;<i>x</i>&amp;&gt;"
    assert join([]) == ""
    assert isinstance(join(["a"]), Markup)


def test_attributes_are_escaped_and_named_as_in_html() -> None:
    assert tag("i", class_='"><b>', data_x="1", aria_label="a&b") == (
        '<i class="&#34;&gt;&lt;b&gt;" data-x="1" aria-label="a&amp;b"></i>'
    )
    # HTML in an attribute is text there: its quotes would end the attribute.
    assert tag("i", title=tag("b", "x", id="y")) == '<i title="&lt;b id=&#34;y&#34;&gt;x&lt;/b&gt;"></i>'
    assert tag("meta", name="a", content="b") == '<meta name="a" content="b">'


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,<b>", "//host", ""])
def test_only_web_addresses_are_links(url: str) -> None:
    assert "<" not in link_out(url)
    assert 'href="https://x.example/?a=1&amp;b=2"' in link_out("https://x.example/?a=1&b=2")


def test_chinese_in_english_says_that_it_is() -> None:
    assert foreign("“Plan” (规划), 1 号", "en") == (
        '“Plan” (<bdi lang="zh-CN">规划</bdi>), 1 <bdi lang="zh-CN">号</bdi>'
    )
    assert foreign("<规划>", "zh") == "&lt;规划&gt;"
