"""Entities of a drawing written directly as DXF text: ezdxf objects would take ten times as long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from ezdxf.entities.dxfentity import DXFEntity
from ezdxf.tools.text import split_mtext_string

from geo.export.dxf_text import mtext

__all__ = ["Written", "hatch_body", "line_body", "mtext_body", "point_body", "polyline_body", "ring_text", "xdata_text"]

#: Flags of a hatch boundary: outer edge, edge of a hole; both are polylines.
_OUTER, _HOLE = 3, 18


class Written(DXFEntity):
    """The entities of a layout, in order; ezdxf treats them as one entity among its own.

    Parameters
    ----------
    space : ezdxf.layouts.BaseLayout
    """

    def __init__(self, space: Any) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._next_handle = space.doc.entitydb.next_handle
        self._owner = space.layout_key
        space.entity_space.add(self)

    def add(self, kind: str, on: str, body: str, xdata: str, look: str = "") -> str:
        """Add an entity to a layer and return its handle; `look` are tags written right after the layer's."""
        handle: str = self._next_handle()
        head = f"  0\n{kind}\n  5\n{handle}\n330\n{self._owner}\n100\nAcDbEntity\n  8\n{on}\n{look}"
        self._parts += (head, body, xdata)
        return handle

    def export_dxf(self, tagwriter: Any) -> None:
        """Write all entities; called by ezdxf."""
        tagwriter.write_str("".join(self._parts))


def xdata_text(app: str, values: Iterable[tuple[str, Any]]) -> str:
    """Return names and values as extended data; texts must have passed `literal`."""
    tags = [f"1001\n{app}\n"]
    for name, value in values:
        code = 1071 if isinstance(value, int) else 1040 if isinstance(value, float) else 1000
        tags.append(f"1000\n{name}\n{code}\n{value}\n")
    return "".join(tags)


def ring_text(ring: shapely.LinearRing) -> tuple[int, str]:
    """Return the number of vertices of a ring, without the repeated last one, and their tags."""
    pairs = shapely.get_coordinates(ring)[:-1].tolist()
    return len(pairs), "".join([f" 10\n{x}\n 20\n{y}\n" for x, y in pairs])


def polyline_body(ring: tuple[int, str]) -> str:
    """Return a closed LWPOLYLINE."""
    count, vertices = ring
    return f"100\nAcDbPolyline\n 90\n{count}\n 70\n1\n{vertices}"


def hatch_body(rings: Sequence[tuple[int, str]]) -> str:
    """Return a solid HATCH between its outer ring, the first, and its holes."""
    paths = [
        f" 92\n{_HOLE if number else _OUTER}\n 72\n0\n 73\n1\n 93\n{count}\n{vertices} 97\n0\n"
        for number, (count, vertices) in enumerate(rings)
    ]
    head = "100\nAcDbHatch\n 10\n0.0\n 20\n0.0\n 30\n0.0\n210\n0.0\n220\n0.0\n230\n1.0\n  2\nSOLID\n 70\n1\n 71\n0\n"
    return f"{head} 91\n{len(rings)}\n{''.join(paths)} 75\n0\n 76\n1\n 98\n0\n"


def mtext_body(words: str, at: tuple[float, float], height: float, style: str, hold: int) -> str:
    """Return an MTEXT that shows a text literally; `hold` is its attachment point (1 upper left … 9 lower right)."""
    *chunks, last = split_mtext_string(mtext(words), size=250) or [""]
    tags = "".join(f"  3\n{chunk}\n" for chunk in chunks)
    return f"100\nAcDbMText\n{_vertex(10, at)} 40\n{height}\n 71\n{hold}\n{tags}  1\n{last}\n  7\n{style}\n"


def line_body(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return a LINE."""
    return f"100\nAcDbLine\n{_vertex(10, start)}{_vertex(11, end)}"


def point_body(at: tuple[float, float]) -> str:
    """Return a POINT."""
    return f"100\nAcDbPoint\n{_vertex(10, at)}"


def _vertex(code: int, at: tuple[float, float]) -> str:
    return f" {code}\n{at[0]}\n {code + 10}\n{at[1]}\n {code + 20}\n0.0\n"
