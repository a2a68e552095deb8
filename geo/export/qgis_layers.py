"""The layers of a QGIS project: places styled as in the style files, the basemap, and a theme per carried measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from geo.analysis.classes import classify
from geo.analysis.compare import LEVELS, level_of, ranking
from geo.analysis.values import measure_heading, measure_scale
from geo.base.messages import text
from geo.export.base_look import BASE_LOOKS
from geo.export.contents import Contents, Layer
from geo.export.safe_text import xml_text
from geo.export.styles import LabelLook, node, qml_labels, rgba, symbol_layer

__all__ = ["Theme", "basemap_style", "plain_style", "theme_style", "themes"]

#: Fewest comparable figures for a theme.
_LEAST = 3
_NO_DATA, _APART = "#E3E5E8", "#8A939C"


def _symbol(parent: Xml.Element, kind: str, name: str) -> Xml.Element:
    return node(parent, "symbol", type=kind, name=name, alpha="1", clip_to_extent="1", force_rhr="0")


def _area(symbol: Xml.Element, fill: str, line: str, width_mm: float, pattern: str = "solid") -> None:
    look = {"color": fill, "style": pattern, "outline_color": line, "outline_width": f"{width_mm:g}"}
    symbol_layer(symbol, "SimpleFill", look | {"outline_width_unit": "MM", "outline_style": "solid"})


def plain_style(root: Xml.Element) -> None:
    """Draw outlines only: for the layer of all places, which serves tables and relations."""
    symbols = node(node(root, "renderer-v2", type="singleSymbol", symbollevels="0"), "symbols")
    _area(_symbol(symbols, "fill", "0"), "255,255,255,0", rgba("#22303A", 1), 0.3)


def basemap_style(
    root: Xml.Element, layer: Layer, role: str, colour: str, language: str, named_above: frozenset[str] = frozenset()
) -> None:
    """Style a basemap layer, muted; names from the scale with enough room on, except those in `named_above`."""
    look = BASE_LOOKS[role]
    drawn = rgba(look.colour or colour, 1)
    symbols = node(node(root, "renderer-v2", type="singleSymbol", symbollevels="0"), "symbols")
    if layer.geometry_type == "MultiPolygon":
        fill = rgba(look.fill, 1) if look.fill else "255,255,255,0"
        _area(_symbol(symbols, "fill", "0"), fill, drawn, look.width_mm)
    elif layer.geometry_type == "MultiLineString":
        line = {"line_color": drawn, "line_width": f"{look.width_mm:g}", "line_width_unit": "MM"}
        symbol_layer(_symbol(symbols, "line", "0"), "SimpleLine", line | {"joinstyle": "round", "capstyle": "round"})
    else:
        mark = {"name": "circle", "color": "255,255,255,255", "size": f"{look.width_mm:g}", "size_unit": "MM"}
        symbol_layer(_symbol(symbols, "marker", "0"), "SimpleMarker", mark | {"outline_color": drawn})
    own = {column.name for column in layer.columns}
    field = f"name_{language}" if f"name_{language}" in own else "name_zh"
    if look.labels_from and field in own:
        root.set("labelsEnabled", "1")
        if named_above:
            listed = ", ".join(f"'{place_id}'" for place_id in sorted(named_above))
            field = f'if("place_id" IN ({listed}), NULL, "{field}")'
        ink = LabelLook(look.size_pt, "#6B7780", priority=1, smallest=look.labels_from)
        qml_labels(root, field, layer.geometry_type, ink, expression=bool(named_above))
    if look.shown_from:
        root.set("hasScaleBasedVisibilityFlag", "1")
        root.set("minScale", str(look.shown_from))
        root.set("maxScale", "0")


# ---------------------------------------------------------------------------------------------------------------------
# Themes


@dataclass(frozen=True, slots=True)
class Theme:
    """A measure at one level: place_id → comparable figure, and the kinds of that level."""

    measure_id: str
    level: str
    title: str
    comparable: Mapping[str, float]
    kinds: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name for files: measure and level."""
        return f"{self.measure_id}_{self.level}"


def themes(contents: Contents) -> Iterator[Theme]:
    """Yield a theme for every carried measure and every level with enough comparable figures."""
    atlas, language = contents.atlas, contents.language
    levels: dict[str, list[str]] = {}
    for place_id in contents.view:
        levels.setdefault(level_of(atlas, place_id), []).append(place_id)
    names = set(atlas.place_table.names())
    for measure_id, measure in atlas.rows("measures").items():
        if measure_id not in names or measure["origin"] != "reported":
            continue
        for level in (one for one in LEVELS if one in levels):
            kinds = tuple(dict.fromkeys(str(atlas.place_rows[one]["kind"]) for one in levels[level]))
            comparable = ranking(atlas, measure_id, levels[level]).comparable
            if len(comparable) >= _LEAST:
                heading = measure_heading(atlas, measure_id, language)
                title = f"{heading} · {text(f'compare.level.{level}', language)}"
                yield Theme(measure_id, level, title, comparable, kinds)


def theme_style(root: Xml.Element, contents: Contents, theme: Theme) -> None:
    """Colour places by the classes of the app; figures that are not comparable are hatched, missing ones grey."""
    language, field = contents.language, f'"{theme.measure_id}"'
    classes = classify(theme.comparable)
    scale = measure_scale(contents.atlas, theme.measure_id, language)
    listed = ", ".join(f"'{place_id}'" for place_id in theme.comparable)
    inside = f'"place_id" IN ({listed})'
    renderer = node(root, "renderer-v2", type="RuleRenderer", symbollevels="0")
    rules, symbols = node(renderer, "rules", key="all"), node(renderer, "symbols")
    told = [
        (
            f"{field} >= {low!r} AND {field} <= {high!r} AND {inside}",
            classes.label(at, scale),
            classes.colours[at],
            "solid",
        )
        for at, (low, high) in enumerate(classes.bounds)
    ]
    apart = f"{field} IS NOT NULL AND NOT ({inside})"
    told.append((apart, text("export.qgis.apart", language), _APART, "b_diagonal"))
    told.append((f"{field} IS NULL", text("export.qgis.none", language), _NO_DATA, "solid"))
    for number, (where, label, colour, pattern) in enumerate(told):
        key = {"key": f"rule{number}", "symbol": str(number)}
        node(rules, "rule", key, filter=where, label=xml_text(label))
        _area(_symbol(symbols, "fill", str(number)), rgba(colour, 0.9), rgba("#5B6670", 1), 0.2, pattern)
    root.set("labelsEnabled", "1")
    qml_labels(root, f"short_{language}", "MultiPolygon", LabelLook(8, priority=8))
