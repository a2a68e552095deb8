"""Entities written as text are those that ezdxf writes, tag for tag."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import ezdxf
import pytest
import shapely

from geo.export.dxf_entities import (
    Written,
    hatch_body,
    line_body,
    mtext_body,
    point_body,
    polyline_body,
    ring_text,
    xdata_text,
)
from geo.export.dxf_text import mtext

SQUARE = [(0.5, 0.0), (4.0, 1e-7), (4.0, 3.0), (123456.789, 3.25)]
HOLE = [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)]
VALUES = [("id", "某地 {a} %%c"), ("accuracy_m", 100), ("area_km2", 0.1), ("share", 1e-9)]


def written(draw: Callable[[Any], None]) -> str:
    """Return the entities that a document has after something was drawn in it."""
    document = ezdxf.new("R2004", setup=False)
    document.appids.add("APP")
    draw(document.modelspace())
    stream = io.StringIO()
    document.write(stream)
    return stream.getvalue().partition("\nENTITIES\n")[2].partition("ENDSEC")[0]


def ring(points: list[tuple[float, float]]) -> tuple[int, str]:
    return ring_text(shapely.LinearRing(points))


def _fill(space: Any) -> Any:
    hatch = space.add_hatch(color=ezdxf.colors.BYLAYER, dxfattribs={"layer": "L"})
    hatch.transparency = 0.8
    hatch.paths.add_polyline_path(SQUARE, is_closed=True, flags=1)
    hatch.paths.add_polyline_path(HOLE, is_closed=True, flags=16)
    return hatch


def _text(words: str) -> Callable[[Any], Any]:
    look = {"layer": "L", "style": "S", "char_height": 2.5, "attachment_point": 5, "insert": (1.0, 2.5)}
    return lambda space: space.add_mtext(mtext(words), dxfattribs=look)


LINE = {"layer": "L", "linetype": "DASHED"}
TRANSPARENCY = f"440\n{ezdxf.colors.float2transparency(0.8)}\n"


@pytest.mark.parametrize(
    ("by_ezdxf", "kind", "body", "look"),
    [
        (
            lambda space: space.add_lwpolyline(SQUARE, close=True, dxfattribs=LINE),
            "LWPOLYLINE",
            polyline_body(ring(SQUARE)),
            "  6\nDASHED\n",
        ),
        (_fill, "HATCH", hatch_body([ring(SQUARE), ring(HOLE)]), TRANSPARENCY),
        (_text("中 {a}\\n^"), "MTEXT", mtext_body("中 {a}\\n^", (1.0, 2.5), 2.5, "S", 5), ""),
        (_text("long " * 200), "MTEXT", mtext_body("long " * 200, (1.0, 2.5), 2.5, "S", 5), ""),
        (_text(""), "MTEXT", mtext_body("", (1.0, 2.5), 2.5, "S", 5), ""),
        (
            lambda space: space.add_line((0.5, 1.0), (2.0, 3.0), dxfattribs={"layer": "L", "lineweight": 13}),
            "LINE",
            line_body((0.5, 1.0), (2.0, 3.0)),
            "370\n13\n",
        ),
        (lambda space: space.add_point((0.5, 1.0), dxfattribs={"layer": "L"}), "POINT", point_body((0.5, 1.0)), ""),
    ],
    ids=["polyline", "hatch", "mtext", "long mtext", "empty mtext", "line", "point"],
)
def test_an_entity_is_written_as_ezdxf_writes_it(
    by_ezdxf: Callable[[Any], Any], kind: str, body: str, look: str
) -> None:
    def theirs(space: Any) -> None:
        tags = [pair for name, value in VALUES for pair in ((1000, name), (_code(value), value))]
        for _ in range(2):
            by_ezdxf(space).set_xdata("APP", tags)

    def ours(space: Any) -> None:
        own = Written(space)
        handles = [own.add(kind, "L", body, xdata_text("APP", VALUES), look) for _ in range(2)]
        assert len(set(handles)) == 2

    assert written(ours) == written(theirs) != ""


def _code(value: object) -> int:
    return 1071 if isinstance(value, int) else 1040 if isinstance(value, float) else 1000


def test_what_is_written_stands_where_it_was_begun() -> None:
    def draw(space: Any) -> None:
        space.add_point((0, 0))
        own = Written(space)
        space.add_point((1, 1))
        own.add("LINE", "L", line_body((0, 0), (1, 1)), "")

    text = written(draw)
    assert [line for line in text.splitlines() if line in ("POINT", "LINE")] == ["POINT", "LINE", "POINT"]
