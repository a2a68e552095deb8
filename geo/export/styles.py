"""Styles of the layers, as in the app: QML for QGIS, SLD for other software; KML and DXF use the same colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from geo.base.messages import text
from geo.contract.schema import Column
from geo.export.base_look import CHINESE_FONTS
from geo.export.contents import INSTITUTION, Contents, Layer, rows_of
from geo.export.safe_text import xml_text
from geo.export.value_words import value_words

__all__ = [
    "LabelLook",
    "Look",
    "label_field",
    "label_look",
    "looks",
    "node",
    "qml",
    "qml_labels",
    "qml_of_table",
    "qml_root",
    "qml_root_of_table",
    "qml_values",
    "rgb",
    "rgba",
    "sld",
    "symbol_layer",
]

_METHODS = ("official_bounds", "digitised", "schematic")
_OPACITY = {"city": 0.03, "district": 0.03, "corridor": 0.10}
_OPACITY_OF_SITES = 0.24
_INSTITUTION_COLOUR = "#33414C"
#: Scale denominator beyond which sites are also marked by a square.
_SMALL_BEYOND = 100_000
_MARKS = ("circle", "square", "triangle", "diamond")


@dataclass(frozen=True, slots=True)
class Look:
    """Style of one category: `values` by column, titles in both languages, colour, fill, border."""

    values: Mapping[str, str]
    title_zh: str
    title_en: str
    colour: str
    opacity: float
    dashed: bool = False
    hatched: bool = False
    mark: str = ""
    small_mark: bool = False

    @property
    def key(self) -> str:
        """The values, joined to one text."""
        return " / ".join(self.values.values())

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.title_zh if language == "zh" else self.title_en


def label_field(layer: Layer, language: str) -> str:
    """Return the column that labels a layer on the map."""
    return f"{'name' if layer.name == INSTITUTION else 'short'}_{language}"


def looks(contents: Contents, layer: Layer) -> Sequence[Look]:
    """Return the categories of a layer: places by kind and boundary method, institutions by kind.

    As in the app, the line is solid for official bounds, dashed for digitised, hatched for schematic ones.
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
    present = set(layer.frame["kind"].unique())
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
                    small_mark=kind["role"] in ("node", "site"),
                )
            )
    return found


# ---------------------------------------------------------------------------------------------------------------------
# QML


def qml(contents: Contents, layer: Layer, columns: Mapping[str, str] | None = None) -> str:
    """Return the content of a QML file; parameters as `qml_root`."""
    key = ("qml", layer.name, *(columns or {}).values())
    return contents.once(key, lambda: _document(qml_root(contents, layer, columns)))


def qml_root(contents: Contents, layer: Layer, columns: Mapping[str, str] | None = None) -> Xml.Element:
    """Return a QGIS style as XML: categories, labels, aliases, legend titles in the language of the export.

    Parameters
    ----------
    contents : Contents
    layer : Layer
    columns : mapping, optional
        Column → field name, for formats with field names of their own.
    """
    name = {column.name: column.name for column in layer.columns} | dict(columns or {})
    language = contents.language
    categories = looks(contents, layer)
    root = Xml.Element("qgis", version="3.22", styleCategories="AllStyleCategories", labelsEnabled="1")
    fields = [name[column] for column in categories[0].values]
    by = fields[0] if len(fields) == 1 else " || ' / ' || ".join(f'"{field}"' for field in fields)
    renderer = node(root, "renderer-v2", type="categorizedSymbol", attr=by, symbollevels="0", enableorderby="0")
    listed, symbols = node(renderer, "categories"), node(renderer, "symbols")
    for number, look in enumerate(categories):
        node(
            listed, "category", symbol=str(number), value=look.key, label=xml_text(look.title(language)), render="true"
        )
        _qml_symbol(symbols, number, look)
    field = name[label_field(layer, language)]
    qml_labels(root, field, layer.geometry_type, label_look(contents, layer))
    _qml_aliases(root, layer.columns, name, language)
    qml_values(root, contents, layer.columns, name)
    node(root, "layerGeometryType").text = "0" if layer.geometry_type == "Point" else "2"
    return root


def qml_of_table(columns: Sequence[Column], language: str) -> str:
    """Return the content of a QML file for a table; parameters as `qml_root_of_table`."""
    return _document(qml_root_of_table(columns, language))


def qml_root_of_table(columns: Sequence[Column], language: str) -> Xml.Element:
    """Return a QGIS style for a table without geometry: only the aliases of its columns."""
    root = Xml.Element("qgis", version="3.22", styleCategories="AllStyleCategories")
    _qml_aliases(root, columns, {column.name: column.name for column in columns}, language)
    node(root, "layerGeometryType").text = "4"
    return root


def _qml_aliases(root: Xml.Element, columns: Sequence[Column], name: Mapping[str, str], language: str) -> None:
    aliases = node(root, "aliases")
    for index, column in enumerate(columns, 1):
        node(aliases, "alias", field=name[column.name], index=str(index), name=_alias(column, language))


def qml_values(
    root: Xml.Element, contents: Contents, columns: Sequence[Column], name: Mapping[str, str] | None = None
) -> None:
    """Add value maps, so that QGIS shows words for the coded values of a column; the file keeps the codes."""
    configured = node(root, "fieldConfiguration")
    for column in columns:
        if words := value_words(contents.atlas, column, contents.language):
            widget = node(
                node(configured, "field", name=(name or {}).get(column.name, column.name)),
                "editWidget",
                type="ValueMap",
            )
            options = node(node(widget, "config"), "Option", type="Map")
            listed = node(options, "Option", name="map", type="List")
            for value, word in words.items():
                node(node(listed, "Option", type="Map"), "Option", name=xml_text(word), type="QString", value=value)


def _alias(column: Column, language: str) -> str:
    label = column.label_zh if language == "zh" else column.label_en
    return f"{label} ({column.unit})" if column.unit else label


def _qml_symbol(symbols: Xml.Element, number: int, look: Look) -> None:
    kind = "marker" if look.mark else "fill"
    symbol = node(symbols, "symbol", type=kind, name=str(number), alpha="1", clip_to_extent="1", force_rhr="0")
    if look.mark:
        options = {"name": look.mark, "color": rgba(look.colour, look.opacity), "size": "2.6", "size_unit": "MM"}
        symbol_layer(symbol, "SimpleMarker", options | {"outline_color": "255,255,255,255", "outline_width": "0.3"})
        return
    fill = {
        "color": rgba(look.colour, look.opacity),
        "style": "solid",
        "outline_color": rgba(look.colour, 0.75 if look.hatched else 1.0),
        "outline_width": "0.3" if look.hatched else "0.6",
        "outline_width_unit": "MM",
        "outline_style": "dash" if look.dashed else "solid",
        "joinstyle": "round",
    }
    symbol_layer(symbol, "SimpleFill", fill)
    if look.hatched:
        hatch = symbol_layer(symbol, "LinePatternFill", {"angle": "45", "distance": "2", "distance_unit": "MM"})
        line = node(hatch, "symbol", type="line", name=f"@{number}@1", alpha="1", clip_to_extent="1", force_rhr="0")
        symbol_layer(
            line, "SimpleLine", {"line_color": rgba(look.colour, 0.5), "line_width": "0.2", "line_width_unit": "MM"}
        )
    if look.small_mark:
        _small_mark(symbol, f"@{number}@{2 if look.hatched else 1}", look)


def _small_mark(symbol: Xml.Element, name: str, look: Look) -> None:
    """Add a square at the centre, for scales at which the polygon itself would be too small to see."""
    mark = symbol_layer(symbol, "CentroidFill", {"point_on_surface": "1"})
    own = node(mark, "symbol", type="marker", name=name, alpha="1", clip_to_extent="1", force_rhr="0")
    square = {"name": "square", "color": rgba(look.colour, 1), "size": "1.8", "size_unit": "MM"}
    symbol_layer(own, "SimpleMarker", square | {"outline_color": "255,255,255,255", "outline_width": "0.3"})
    enabled = node(mark, "data_defined_properties")
    options = node(enabled, "Option", type="Map")
    node(options, "Option", name="name", type="QString", value="")
    switch = node(node(options, "Option", name="properties", type="Map"), "Option", name="enabled", type="Map")
    node(switch, "Option", name="active", type="bool", value="true")
    node(switch, "Option", name="expression", type="QString", value=f"@map_scale > {_SMALL_BEYOND}")
    node(switch, "Option", name="type", type="int", value="3")
    node(options, "Option", name="type", type="QString", value="collection")


def symbol_layer(symbol: Xml.Element, kind: str, options: Mapping[str, str]) -> Xml.Element:
    """Add a symbol layer with its options, in the form of QGIS 3.18 and later and in the older form."""
    layer = node(symbol, "layer", {"class": kind}, enabled="1", locked="0")
    mapped = node(layer, "Option", type="Map")
    for name, value in options.items():
        node(mapped, "Option", type="QString", name=name, value=value)
    for name, value in options.items():
        node(layer, "prop", k=name, v=value)
    return layer


@dataclass(frozen=True, slots=True)
class LabelLook:
    """Label style: `priority` 0 to 10; beyond the scale denominator `smallest` there are no labels."""

    size_pt: float
    colour: str = "#222B32"
    bold: bool = False
    priority: int = 5
    smallest: int = 0


def label_look(contents: Contents, layer: Layer) -> LabelLook:
    """Return the label style of a layer: sites first, corridors large, institutions at large scales only."""
    if layer.name == INSTITUTION:
        return LabelLook(7.5, _INSTITUTION_COLOUR, priority=2, smallest=40_000)
    roles = {contents.atlas.roles.get(kind) for kind in layer.frame["kind"].unique()}
    if roles <= {"city", "district"}:
        return LabelLook(8.5, "#6B7280", priority=3, smallest=600_000)
    return LabelLook(10.0, bold=True, priority=9) if roles <= {"corridor"} else LabelLook(8.5, priority=10)


def qml_labels(root: Xml.Element, field: str, geometry_type: str, look: LabelLook, *, expression: bool = False) -> None:
    """Add labels to a style: placed around the feature, never over another label."""
    settings = node(node(root, "labeling", type="simple"), "settings", calloutType="simple")
    style = node(
        settings,
        "text-style",
        fieldName=field,
        isExpression="1" if expression else "0",
        fontFamily=CHINESE_FONTS[0],
        fontSize=f"{look.size_pt:g}",
        fontSizeUnit="Point",
        fontWeight="75" if look.bold else "50",
        namedStyle="Bold" if look.bold else "Regular",
        textColor=rgba(look.colour, 1),
        textOpacity="1",
        allowHtml="0",
    )
    families = node(style, "families")
    for font in CHINESE_FONTS:
        node(families, "family", name=font)
    node(style, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM", bufferColor="255,255,255,255")
    placing = {"0": {"placement": "6", "dist": "1"}, "2": {"placement": "0", "dist": "0.5"}}
    line = {"placement": "2", "dist": "0"}
    kind = "0" if "Point" in geometry_type else "1" if "Line" in geometry_type else "2"
    node(settings, "placement", placing.get(kind, line), distUnits="MM", priority=str(look.priority))
    limited = {"scaleVisibility": "1", "scaleMax": str(look.smallest), "scaleMin": "0"} if look.smallest else {}
    node(settings, "rendering", limited, displayAll="0", obstacle="0", drawLabels="1", mergeLines="1")


# ---------------------------------------------------------------------------------------------------------------------
# SLD 1.1


_SLD = {
    "": "http://www.opengis.net/sld",
    "se:": "http://www.opengis.net/se",
    "ogc:": "http://www.opengis.net/ogc",
}


def sld(contents: Contents, layer: Layer, columns: Mapping[str, str] | None = None) -> str:
    """Return the same style as an OGC Styled Layer Descriptor 1.1; parameters as `qml_root`."""
    key = ("sld", layer.name, *(columns or {}).values())
    return contents.once(key, lambda: _document(_sld_root(contents, layer, columns)))


def _sld_root(contents: Contents, layer: Layer, columns: Mapping[str, str] | None) -> Xml.Element:
    name = {column.name: column.name for column in layer.columns} | dict(columns or {})
    language = contents.language
    spaces = {f"xmlns:{prefix.rstrip(':')}".rstrip(":"): uri for prefix, uri in _SLD.items()}
    root = Xml.Element("StyledLayerDescriptor", {**spaces, "version": "1.1.0"})
    named = node(root, "NamedLayer")
    node(named, "se:Name").text = layer.name
    style = node(named, "UserStyle")
    node(style, "se:Name").text = layer.name
    rules = node(style, "se:FeatureTypeStyle")
    for look in looks(contents, layer):
        rule = node(rules, "se:Rule")
        node(rule, "se:Name").text = look.key
        node(node(rule, "se:Description"), "se:Title").text = xml_text(look.title(language))
        where = node(rule, "ogc:Filter")
        if len(look.values) > 1:
            where = node(where, "ogc:And")
        for column, value in look.values.items():
            equal = node(where, "ogc:PropertyIsEqualTo")
            node(equal, "ogc:PropertyName").text = name[column]
            node(equal, "ogc:Literal").text = value
        _sld_mark(rule, look) if look.mark else _sld_polygon(rule, look)
    _sld_label(node(rules, "se:Rule"), name[label_field(layer, language)])
    return root


def _sld_polygon(rule: Xml.Element, look: Look) -> None:
    polygon = node(rule, "se:PolygonSymbolizer")
    _paint(node(polygon, "se:Fill"), {"fill": look.colour, "fill-opacity": f"{look.opacity:g}"})
    stroke = {"stroke": look.colour, "stroke-width": "1" if look.hatched else "2", "stroke-linejoin": "round"}
    _paint(node(polygon, "se:Stroke"), stroke | ({"stroke-dasharray": "8 5"} if look.dashed else {}))
    if look.hatched:
        graphic = node(node(node(node(rule, "se:PolygonSymbolizer"), "se:Fill"), "se:GraphicFill"), "se:Graphic")
        mark = node(graphic, "se:Mark")
        node(mark, "se:WellKnownName").text = "slash"
        _paint(node(mark, "se:Stroke"), {"stroke": look.colour, "stroke-width": "0.7", "stroke-opacity": "0.5"})
        node(graphic, "se:Size").text = "8"


def _sld_mark(rule: Xml.Element, look: Look) -> None:
    graphic = node(node(rule, "se:PointSymbolizer"), "se:Graphic")
    mark = node(graphic, "se:Mark")
    # SLD has no diamond; a rotated square is one.
    node(mark, "se:WellKnownName").text = "square" if look.mark == "diamond" else look.mark
    _paint(node(mark, "se:Fill"), {"fill": look.colour, "fill-opacity": f"{look.opacity:g}"})
    _paint(node(mark, "se:Stroke"), {"stroke": "#FFFFFF", "stroke-width": "1"})
    node(graphic, "se:Size").text = "9"
    if look.mark == "diamond":
        node(node(graphic, "se:Rotation"), "ogc:Literal").text = "45"


def _sld_label(rule: Xml.Element, field: str) -> None:
    symbol = node(rule, "se:TextSymbolizer")
    node(node(symbol, "se:Label"), "ogc:PropertyName").text = field
    _paint(node(symbol, "se:Font"), {"font-family": CHINESE_FONTS[0], "font-size": "12"})
    halo = node(symbol, "se:Halo")
    node(halo, "se:Radius").text = "1.5"
    _paint(node(halo, "se:Fill"), {"fill": "#FFFFFF"})
    _paint(node(symbol, "se:Fill"), {"fill": "#222B32"})


def _paint(parent: Xml.Element, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        node(parent, "se:SvgParameter", name=name).text = value


def node(parent: Xml.Element, tag: str, given: Mapping[str, str] | None = None, **attributes: str) -> Xml.Element:
    """Add an element with its attributes."""
    return Xml.SubElement(parent, tag, {**(given or {}), **attributes})


def _document(root: Xml.Element) -> str:
    Xml.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def rgba(colour: str, opacity: float) -> str:
    """Return a colour as QGIS writes it: red, green, blue, opacity, each 0 to 255."""
    return ",".join(str(part) for part in (*rgb(colour), round(255 * opacity)))


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255, of ``#RRGGBB``."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
