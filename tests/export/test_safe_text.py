from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from geo.export.safe_text import safe_text, xml_text


@given(st.text(alphabet=st.characters(codec=None), max_size=30))
def test_xml_text_survives_a_parser(text: str) -> None:
    node = etree.Element("a")
    node.text = xml_text(text)
    assert (etree.fromstring(etree.tostring(node, encoding="utf-8")).text or "") == xml_text(text)
    safe_text(text).encode()
    assert "\0" not in safe_text(text)
