from __future__ import annotations

import xml.etree.ElementTree as ET

from geo.render.figure.fonts import chinese_font
from geo.render.figure.marks import Sheet
from geo.render.figure.svg import svg_bytes

SVG = "{http://www.w3.org/2000/svg}"


def test_text_is_text_and_every_mark_is_there(made_sheet: Sheet) -> None:
    page = ET.fromstring(svg_bytes(made_sheet, title="图 <1>", language="zh"))
    assert (page.get("width"), page.get("viewBox")) == ("2.7778in", "0 0 200 100")
    assert page.findtext(f"{SVG}title") == "图 <1>"
    name, degrees = page.iter(f"{SVG}text")
    assert (name.text, name.get("text-anchor"), name.get("paint-order")) == ("张江 <AI> & $x$", "middle", "stroke")
    assert (degrees.text, degrees.get("transform")) == ("31°30′N", "rotate(-90 10 60)")
    assert str(chinese_font()) in str(page.find(f"{SVG}g").get("font-family"))  # type: ignore[union-attr]
    paths = list(page.iter(f"{SVG}path"))
    assert [one.get("fill") for one in paths] == ["#FF0000", "#0000FF", "none"]
    assert paths[0].get("d", "").count("M") == 2
    assert paths[2].get("stroke-dasharray") == "6 3"
    assert len(list(page.iter(f"{SVG}circle"))) == 1
