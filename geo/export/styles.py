"""The look of the layers, as in the app: QML for QGIS, SLD for other software; KML and DXF use the same colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from geo.base.messages import text
from geo.contract.schema import Column
from geo.export.contents import INSTITUTION, Contents, Layer, rows_of
from geo.export.safe_text import xml_text

__all__ = ["FONTS", "Look", "label_field", "looks", "qml", "qml_of_table", "rgb", "sld"]

#: Fonts that show Chinese, by system: Linux, Windows, macOS; the first that is there is used.
FONTS = ("Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "SimHei")

_METHODS = ("official_bounds", "digitised", "schematic")
_OPACITY = {"city": 0.03, "district": 0.03, "corridor": 0.10}
_OPACITY_OF_SITES = 0.24
_INSTITUTION_COLOUR = "#33414C"
_MARKS = ("circle", "square", "triangle", "diamond")


@dataclass(frozen=True, slots=True)
class Look:
    """How the features of one category are drawn: `values` by column, title in both languages, colour, fill, border."""

    values: Mapping[str, str]
    title_zh: str
    title_en: str
    colour: str
    opacity: float
    dashed: bool = False
    hatched: bool = False
    mark: str = ""

    @property
    def key(self) -> str:
        """The values in one word."""
        return " / ".join(self.values.values())

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.title_zh if language == "zh" else self.title_en


def label_field(layer: Layer, language: str) -> str:
    """Return the column that labels a layer on the map."""
    return f"{'name' if layer.name == INSTITUTION else 'short'}_{language}"


def looks(contents: Contents, layer: Layer) -> Sequence[Look]:
    """Return the categories of a layer: kind and boundary method of places, kind of institutions.

    Solid is a border along official bounds, dashed a digitised one, hatched a schematic one, as in the app.
    """
    if layer.name == INSTITUTION:
        return [
            Look(
                values={"kind": kind},
                title_zh=text(f"map.institution.{kind}", "zh"),
                title_en=text(f"map.institution.{kind}", "en"),
                colour=_INSTITUTION_COLOUR,
                opacity=0.95,
                mark=_MARKS[number % len(_MARKS)],
            )
            for number, kind in enumerate(layer.table.column("kind").allowed)
        ]
    present = set(layer.frame["kind"])
    kinds = [row for row in rows_of(contents.atlas.table("kinds").sort_values("sort_order")) if row["kind"] in present]
    found = []
    for kind in kinds:
        opacity = _OPACITY.get(kind["role"], _OPACITY_OF_SITES)
        for method in _METHODS:
            schematic = method == "schematic"
            found.append(
                Look(
                    values={"method": method} if len(kinds) == 1 else {"kind": kind["kind"], "method": method},
                    title_zh=f"{kind['name_zh']}：{text(f'method.{method}', 'zh')}",
                    title_en=f"{kind['name_en']}: {text(f'method.{method}', 'en')}",
                    colour=kind["colour"],
                    opacity=opacity / 2 if schematic else opacity,
                    dashed=method == "digitised",
                    hatched=schematic,
                )
            )
    return found


# ---------------------------------------------------------------------------------------------------------------------
# QML


def qml(contents: Contents, layer: Layer, columns: Mapping[str, str] | None = None) -> str:
    """Return a QGIS style: categories, labels, aliases, legend titles in the language of the export.

    Parameters
    ----------
    contents : Contents
    layer : Layer
    columns : mapping, optional
        Column → name in the file, where a format has names of its own.
    """
    name = {column.name: column.name for column in layer.columns} | dict(columns or {})
    language = contents.language
    categories = looks(contents, layer)
    root = Xml.Element("qgis", version="3.22", styleCategories="AllStyleCategories", labelsEnabled="1")
    fields = [name[column] for column in categories[0].values]
    by = fields[0] if len(fields) == 1 else " || ' / ' || ".join(f'"{field}"' for field in fields)
    renderer = _sub(root, "renderer-v2", type="categorizedSymbol", attr=by, symbollevels="0", enableorderby="0")
    listed, symbols = _sub(renderer, "categories"), _sub(renderer, "symbols")
    for number, look in enumerate(categories):
        _sub(
            listed, "category", symbol=str(number), value=look.key, label=xml_text(look.title(language)), render="true"
        )
        _qml_symbol(symbols, number, look)
    _qml_labels(root, name[label_field(layer, language)], layer.geometry_type)
    _qml_aliases(root, layer.columns, name, language)
    _sub(root, "layerGeometryType").text = "0" if layer.geometry_type == "Point" else "2"
    return _document(root)


def qml_of_table(columns: Sequence[Column], language: str) -> str:
    """Return a QGIS style for a table without geometry: the aliases of its columns."""
    root = Xml.Element("qgis", version="3.22", styleCategories="AllStyleCategories")
    _qml_aliases(root, columns, {column.name: column.name for column in columns}, language)
    _sub(root, "layerGeometryType").text = "4"
    return _document(root)


def _qml_aliases(root: Xml.Element, columns: Sequence[Column], name: Mapping[str, str], language: str) -> None:
    aliases = _sub(root, "aliases")
    for index, column in enumerate(columns, 1):
        _sub(aliases, "alias", field=name[column.name], index=str(index), name=_alias(column, language))


def _alias(column: Column, language: str) -> str:
    label = column.label_zh if language == "zh" else column.label_en
    return f"{label} ({column.unit})" if column.unit else label


def _qml_symbol(symbols: Xml.Element, number: int, look: Look) -> None:
    kind = "marker" if look.mark else "fill"
    symbol = _sub(symbols, "symbol", type=kind, name=str(number), alpha="1", clip_to_extent="1", force_rhr="0")
    if look.mark:
        options = {"name": look.mark, "color": _rgba(look.colour, look.opacity), "size": "2.6", "size_unit": "MM"}
        _options(symbol, "SimpleMarker", options | {"outline_color": "255,255,255,255", "outline_width": "0.3"})
        return
    fill = {
        "color": _rgba(look.colour, look.opacity),
        "style": "solid",
        "outline_color": _rgba(look.colour, 0.75 if look.hatched else 1.0),
        "outline_width": "0.3" if look.hatched else "0.6",
        "outline_width_unit": "MM",
        "outline_style": "dash" if look.dashed else "solid",
        "joinstyle": "round",
    }
    _options(symbol, "SimpleFill", fill)
    if look.hatched:
        hatch = _options(symbol, "LinePatternFill", {"angle": "45", "distance": "2", "distance_unit": "MM"})
        line = _sub(hatch, "symbol", type="line", name=f"@{number}@1", alpha="1", clip_to_extent="1", force_rhr="0")
        _options(
            line, "SimpleLine", {"line_color": _rgba(look.colour, 0.5), "line_width": "0.2", "line_width_unit": "MM"}
        )


def _options(symbol: Xml.Element, kind: str, options: Mapping[str, str]) -> Xml.Element:
    """Add a symbol layer, its options in the form of QGIS 3.18 and later and in the older one."""
    layer = _sub(symbol, "layer", {"class": kind}, enabled="1", locked="0")
    mapped = _sub(layer, "Option", type="Map")
    for name, value in options.items():
        _sub(mapped, "Option", type="QString", name=name, value=value)
    for name, value in options.items():
        _sub(layer, "prop", k=name, v=value)
    return layer


def _qml_labels(root: Xml.Element, field: str, geometry_type: str) -> None:
    settings = _sub(_sub(root, "labeling", type="simple"), "settings", calloutType="simple")
    style = _sub(
        settings,
        "text-style",
        fieldName=field,
        isExpression="0",
        fontFamily=FONTS[0],
        fontSize="9",
        fontSizeUnit="Point",
        textColor="34,43,50,255",
        textOpacity="1",
        allowHtml="0",
    )
    families = _sub(style, "families")
    for font in FONTS:
        _sub(families, "family", name=font)
    _sub(style, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM", bufferColor="255,255,255,255")
    point = geometry_type == "Point"
    _sub(
        settings, "placement", placement="0" if point else "1", dist="1" if point else "0", distUnits="MM", priority="5"
    )
    _sub(settings, "rendering", displayAll="0", obstacle="1", drawLabels="1", scaleVisibility="0")


# ---------------------------------------------------------------------------------------------------------------------
# SLD 1.1


_SLD = {
    "": "http://www.opengis.net/sld",
    "se:": "http://www.opengis.net/se",
    "ogc:": "http://www.opengis.net/ogc",
}


def sld(contents: Contents, layer: Layer, columns: Mapping[str, str] | None = None) -> str:
    """Return the same look as an OGC Styled Layer Descriptor 1.1; parameters as `qml`."""
    name = {column.name: column.name for column in layer.columns} | dict(columns or {})
    language = contents.language
    spaces = {f"xmlns:{prefix.rstrip(':')}".rstrip(":"): uri for prefix, uri in _SLD.items()}
    root = Xml.Element("StyledLayerDescriptor", {**spaces, "version": "1.1.0"})
    named = _sub(root, "NamedLayer")
    _sub(named, "se:Name").text = layer.name
    style = _sub(named, "UserStyle")
    _sub(style, "se:Name").text = layer.name
    rules = _sub(style, "se:FeatureTypeStyle")
    for look in looks(contents, layer):
        rule = _sub(rules, "se:Rule")
        _sub(rule, "se:Name").text = look.key
        _sub(_sub(rule, "se:Description"), "se:Title").text = xml_text(look.title(language))
        where = _sub(rule, "ogc:Filter")
        if len(look.values) > 1:
            where = _sub(where, "ogc:And")
        for column, value in look.values.items():
            equal = _sub(where, "ogc:PropertyIsEqualTo")
            _sub(equal, "ogc:PropertyName").text = name[column]
            _sub(equal, "ogc:Literal").text = value
        _sld_mark(rule, look) if look.mark else _sld_polygon(rule, look)
    _sld_label(_sub(rules, "se:Rule"), name[label_field(layer, language)])
    return _document(root)


def _sld_polygon(rule: Xml.Element, look: Look) -> None:
    polygon = _sub(rule, "se:PolygonSymbolizer")
    _paint(_sub(polygon, "se:Fill"), {"fill": look.colour, "fill-opacity": f"{look.opacity:g}"})
    stroke = {"stroke": look.colour, "stroke-width": "1" if look.hatched else "2", "stroke-linejoin": "round"}
    _paint(_sub(polygon, "se:Stroke"), stroke | ({"stroke-dasharray": "8 5"} if look.dashed else {}))
    if look.hatched:
        graphic = _sub(_sub(_sub(_sub(rule, "se:PolygonSymbolizer"), "se:Fill"), "se:GraphicFill"), "se:Graphic")
        mark = _sub(graphic, "se:Mark")
        _sub(mark, "se:WellKnownName").text = "slash"
        _paint(_sub(mark, "se:Stroke"), {"stroke": look.colour, "stroke-width": "0.7", "stroke-opacity": "0.5"})
        _sub(graphic, "se:Size").text = "8"


def _sld_mark(rule: Xml.Element, look: Look) -> None:
    graphic = _sub(_sub(rule, "se:PointSymbolizer"), "se:Graphic")
    mark = _sub(graphic, "se:Mark")
    # SLD knows no diamond; a square on its tip is one.
    _sub(mark, "se:WellKnownName").text = "square" if look.mark == "diamond" else look.mark
    _paint(_sub(mark, "se:Fill"), {"fill": look.colour, "fill-opacity": f"{look.opacity:g}"})
    _paint(_sub(mark, "se:Stroke"), {"stroke": "#FFFFFF", "stroke-width": "1"})
    _sub(graphic, "se:Size").text = "9"
    if look.mark == "diamond":
        _sub(_sub(graphic, "se:Rotation"), "ogc:Literal").text = "45"


def _sld_label(rule: Xml.Element, field: str) -> None:
    symbol = _sub(rule, "se:TextSymbolizer")
    _sub(_sub(symbol, "se:Label"), "ogc:PropertyName").text = field
    _paint(_sub(symbol, "se:Font"), {"font-family": FONTS[0], "font-size": "12"})
    halo = _sub(symbol, "se:Halo")
    _sub(halo, "se:Radius").text = "1.5"
    _paint(_sub(halo, "se:Fill"), {"fill": "#FFFFFF"})
    _paint(_sub(symbol, "se:Fill"), {"fill": "#222B32"})


def _paint(parent: Xml.Element, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        _sub(parent, "se:SvgParameter", name=name).text = value


def _sub(parent: Xml.Element, tag: str, given: Mapping[str, str] | None = None, **attributes: str) -> Xml.Element:
    return Xml.SubElement(parent, tag, {**(given or {}), **attributes})


def _document(root: Xml.Element) -> str:
    Xml.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _rgba(colour: str, opacity: float) -> str:
    return ",".join(str(part) for part in (*rgb(colour), round(255 * opacity)))


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255, of ``#RRGGBB``."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
