"""The print layouts of a QGIS project on A4 and A3: map, title, legend, scale bar, north arrow, credit, notices."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from xml.etree import ElementTree as Xml

from geo.analysis.units import round_length
from geo.base.messages import text
from geo.contract.notices import notice
from geo.export.base_look import CHINESE_FONTS
from geo.export.contents import Contents
from geo.export.paper import Bounds, Box, Sheet, fitting_scale
from geo.export.safe_text import xml_text
from geo.export.styles import node

__all__ = ["write_layouts"]

_SIZES = ("A4", "A3")
_NORTH = ":/images/north_arrows/layout_default_north_arrow.svg"
#: Part of a legend → text size in points, space above in millimetres.
_LEGEND_STYLES = {"title": (9, 0), "group": (8, 2), "subgroup": (6.5, 1.2), "symbol": (6, 0.8), "symbolLabel": (6, 0.5)}
_PAGE, _MAP, _PICTURE, _LABEL, _LEGEND, _SCALE = "65638", "65639", "65640", "65641", "65642", "65646"


def write_layouts(root: Xml.Element, contents: Contents, bounds: Bounds) -> None:
    """Add the layouts to a project.

    Parameters
    ----------
    root : Element
        The root element of the project.
    contents : Contents
    bounds : tuple of float
        West, south, east, north of the selected places, metres in the project's CRS.
    """
    layouts = node(root, "Layouts")
    for size in _SIZES:
        _layout(layouts, contents, bounds, Sheet(size))


def _layout(parent: Xml.Element, contents: Contents, bounds: Bounds, sheet: Sheet) -> None:
    size = sheet.size
    language, meta = contents.language, contents.meta
    name = text("export.qgis.sheet", language, size=size)
    layout = node(parent, "Layout", name=name, printResolution="300", units="mm", worldFileMap="")
    pages = node(layout, "PageCollection")
    page = node(pages, "symbol", type="fill", name="", alpha="1", clip_to_extent="1", force_rhr="0")
    fill = node(node(page, "layer", {"class": "SimpleFill"}, enabled="1", locked="0"), "Option", type="Map")
    for option, value in (("color", "255,255,255,255"), ("style", "solid"), ("outline_style", "no")):
        node(fill, "Option", type="QString", name=option, value=value)
    width, height = sheet.paper
    _item(pages, _PAGE, Box(0, 0, width, height), size)
    frame, side = sheet.map, sheet.side
    west, south, east, north = sheet.ground(bounds, fitting_scale(bounds, sheet))
    drawn = _item(layout, _MAP, frame, size, {"frame": "true", "followPreset": "false", "mapRotation": "0"})
    node(drawn, "Extent", xmin=f"{west:.1f}", ymin=f"{south:.1f}", xmax=f"{east:.1f}", ymax=f"{north:.1f}")
    linked = {"map_uuid": drawn.attrib["uuid"]}
    _label(layout, sheet.title, size, str(meta[f"title_{language}"]), 18 if size == "A4" else 24)
    _legend(layout, Box(side.x, side.y + 22, side.width, side.height - 22), size, linked)
    arrow = {"file": _NORTH, "mapUuid": drawn.attrib["uuid"], "northMode": "0", "resizeMode": "0", "mode": "0"}
    _item(layout, _PICTURE, Box(side.x, side.y, 12, 16), size, arrow)
    _scale_bar(layout, Box(side.x + 16, side.y + 4, side.width - 16, 12), size, drawn.attrib["uuid"], east - west)
    notes = f"{meta[f'attribution_{language}']}\n{notice(meta, language)}"
    _label(layout, sheet.notes, size, notes, 7 if size == "A4" else 9, key="notes")


def _item(
    parent: Xml.Element, kind: str, box: Box, sheet: str, given: Mapping[str, str] | None = None, key: str = ""
) -> Xml.Element:
    own = f"{{{uuid.uuid5(uuid.NAMESPACE_URL, f'geo layout {sheet} {kind} {key}')}}}"
    place, size = f"{box.x:g},{box.y:g},mm", f"{box.width:g},{box.height:g},mm"
    common = {
        "type": kind,
        "uuid": own,
        "templateUuid": own,
        "position": place,
        "positionOnPage": place,
        "size": size,
        "referencePoint": "0",
        "frame": "false",
        "background": "true" if kind in (_PAGE, _MAP) else "false",
        "visibility": "1",
        "opacity": "1",
        "itemRotation": "0",
        "positionLock": "false",
        "excludeFromExports": "0",
        "outlineWidthM": "0.3,mm",
        "frameJoinStyle": "miter",
        "zValue": "0" if kind == _PAGE else "1" if kind == _MAP else "2",
    }
    made = node(parent, "LayoutItem", common | dict(given or {}))
    node(made, "FrameColor", red="120", green="130", blue="140", alpha="255")
    node(made, "BackgroundColor", red="255", green="255", blue="255", alpha="255")
    return made


def _text_style(parent: Xml.Element, size_pt: float, *, bold: bool = False, font: str = "") -> None:
    """Add a text style for newer versions of QGIS and, as the element `font`, for 3.22."""
    if font:
        weight = 75 if bold else 50
        node(parent, font, style="", description=f"{CHINESE_FONTS[0]},{size_pt:g},-1,5,{weight},0,0,0,0,0")
    style = node(
        parent,
        "text-style",
        fontFamily=CHINESE_FONTS[0],
        fontSize=f"{size_pt:g}",
        fontSizeUnit="Point",
        fontWeight="75" if bold else "50",
        namedStyle="Bold" if bold else "Regular",
        textColor="31,42,51,255",
        textOpacity="1",
        allowHtml="0",
    )
    families = node(style, "families")
    for font in CHINESE_FONTS:
        node(families, "family", name=font)


def _label(parent: Xml.Element, box: Box, sheet: str, words: str, size_pt: float, key: str = "title") -> None:
    look = {"labelText": xml_text(words), "htmlState": "0", "marginX": "0", "marginY": "0", "halign": "1"}
    made = _item(parent, _LABEL, box, sheet, look | {"valign": "128" if key == "title" else "32"}, key)
    _text_style(made, size_pt, bold=key == "title", font="LabelFont")


def _legend(parent: Xml.Element, box: Box, sheet: str, linked: Mapping[str, str]) -> None:
    look = {"title": "", "legendFilterByMap": "1", "legendFilterByAtlas": "0", "resizeToContents": "1", "wrapChar": ""}
    sizes = {"columnCount": "1", "symbolWidth": "5", "symbolHeight": "2.6", "boxSpace": "0", "lineSpacing": "1"}
    made = _item(parent, _LEGEND, box, sheet, {**look, **sizes, **linked})
    styles = node(made, "styles")
    large = 1.0 if sheet == "A4" else 1.3
    for name, (size_pt, above) in _LEGEND_STYLES.items():
        style = node(styles, "style", name=name, alignment="1", indent="0", marginTop=f"{above:g}", marginLeft="1")
        _text_style(style, size_pt * large, bold=name == "group", font="styleFont")


def _scale_bar(parent: Xml.Element, box: Box, sheet: str, map_uuid: str, ground_m: float) -> None:
    step = round_length(ground_m / 12)
    unit, factor = ("km", 1000) if step >= 1000 else ("meters", 1)
    look = {
        "style": "Single Box",
        "mapUuid": map_uuid,
        "unitType": unit,
        "unitLabel": "km" if factor > 1 else "m",
        "numMapUnitsPerScaleBarUnit": "1",
        "numUnitsPerSegment": f"{step / factor:g}",
        "numSegments": "2",
        "numSegmentsLeft": "0",
        "height": "2",
        "segmentSizeMode": "0",
        "boxContentSpace": "1",
        "labelBarSpace": "1.5",
        "outlineWidth": "0.2",
        "alignment": "0",
    }
    _text_style(_item(parent, _SCALE, box, sheet, look), 8 if sheet == "A4" else 10)
