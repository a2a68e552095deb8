"""A sheet as SVG: text remains text, in the font it was measured in, with fallbacks."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from geo.render.figure.fonts import CHINESE_FONTS, font
from geo.render.figure.marks import Circle, Line, Mark, Points, Sheet, Words

__all__ = ["svg_bytes"]


def svg_bytes(drawn: Sheet, *, title: str, language: str) -> bytes:
    """Return a sheet as SVG in the size of its paper.

    Parameters
    ----------
    drawn : Sheet
    title, language : str
        Metadata of the document.
    """
    size = f"width='{drawn.width / 72:.4f}in' height='{drawn.height / 72:.4f}in'"
    box = f"viewBox='0 0 {drawn.width:g} {drawn.height:g}'"
    families = ", ".join(f"'{name}'" for name in dict.fromkeys([font().family, *CHINESE_FONTS]))
    lines = [
        "<?xml version='1.0' encoding='UTF-8'?>",
        f"<svg xmlns='http://www.w3.org/2000/svg' {size} {box} xml:lang={quoteattr(language)}>",
        f"<title>{escape(title)}</title>",
        f"<rect width='{drawn.width:g}' height='{drawn.height:g}' fill='#FFFFFF'/>",
        f"<g font-family={quoteattr(families + ', sans-serif')} stroke-linejoin='round'>",
        *(line for mark in drawn.marks for line in _mark(mark)),
        "</g></svg>",
    ]
    return "\n".join(lines).encode()


def _path(rings: tuple[Points, ...], close: str) -> str:
    return "".join("M" + " ".join(f"{x:g},{y:g}" for x, y in ring) + close for ring in rings)


def _mark(mark: Mark) -> Iterator[str]:
    if isinstance(mark, Words):
        yield _words(mark)
    elif isinstance(mark, Line):
        dash = f" stroke-dasharray='{mark.dash[0]:g} {mark.dash[1]:g}'" if mark.dash else ""
        look = f"fill='none' stroke='{mark.colour}' stroke-width='{mark.width:g}'{dash}"
        yield f"<path d='{_path((mark.points,), '')}' {look}/>"
    elif isinstance(mark, Circle):
        where = f"cx='{mark.x:g}' cy='{mark.y:g}' r='{mark.radius:g}'"
        yield f"<circle {where} fill='{mark.fill}' stroke='{mark.edge}' stroke-width='{mark.width:g}'/>"
    else:
        look = f"fill='{mark.fill}'" + (f" fill-opacity='{mark.opacity:g}'" if mark.opacity < 1 else "")
        yield f"<path d='{_path(mark.rings, 'Z')}' fill-rule='evenodd' {look}/>"


def _words(mark: Words) -> str:
    look = f"x='{mark.x:g}' y='{mark.y:g}' font-size='{mark.size:g}' fill='{mark.colour}'"
    if mark.bold:
        look += " font-weight='700'"
    if mark.anchor != "start":
        look += f" text-anchor='{mark.anchor}'"
    if mark.halo:
        look += f" paint-order='stroke' stroke='#FFFFFF' stroke-width='{mark.halo:g}'"
    if mark.upwards:
        look += f" transform='rotate(-90 {mark.x:g} {mark.y:g})'"
    return f"<text {look}>{escape(mark.text)}</text>"
