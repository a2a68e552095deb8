from __future__ import annotations

import ezdxf
import pytest
from ezdxf import bbox

from geo.atlas.atlas import Atlas
from geo.export import export


@pytest.fixture(scope="module")
def document(tiny: Atlas, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("canvas") / "a.dxf"
    export(tiny.select(), path, basemap=True)
    return ezdxf.readfile(path)


def test_it_opens_on_everything(document) -> None:
    # Of the notice bbox takes the lines for many more than there are.
    box = bbox.extents(one for one in document.modelspace() if one.dxf.layer != "notice")
    [notice] = document.modelspace().query('MTEXT[layer=="notice"]')
    lines = len(notice.plain_text().split("\n"))
    header = document.header
    low, high = header["$EXTMIN"], header["$EXTMAX"]
    assert low[0] <= box.extmin.x < box.extmax.x <= high[0]
    assert low[1] == pytest.approx(notice.dxf.insert.y - lines * notice.dxf.char_height * 5 / 3)
    assert high[1] == pytest.approx(box.extmax.y)
    assert high[0] - low[0] < 1.3 * box.size.x
    [view] = document.viewports.get("*Active")
    assert tuple(view.dxf.center)[:2] == pytest.approx(((low[0] + high[0]) / 2, (low[1] + high[1]) / 2))
    assert view.dxf.height >= box.size.y


def test_dashes_points_and_texts_are_measured_on_paper(document) -> None:
    header = document.header
    assert header["$PDMODE"] == 33
    assert header["$PDSIZE"] / header["$LTSCALE"] == pytest.approx(0.9)  # millimetres
    assert header["$PSLTSCALE"] == 0
    patterns = {line.dxf.name for line in document.linetypes}
    assert {"DIGITISED", "SCHEMATIC"} <= patterns


def test_the_notice_stands_under_all_that_is_drawn(document) -> None:
    [notice] = document.modelspace().query('MTEXT[layer=="notice"]')
    others = bbox.extents(one for one in document.modelspace() if one.dxf.layer != "notice")
    assert notice.dxf.insert.y <= others.extmin.y
