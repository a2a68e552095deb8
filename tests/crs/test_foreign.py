"""CRS texts from outside: read, or refused before PROJ sees them; nothing is opened, and none takes long."""

from __future__ import annotations

import os
import time
import warnings
from pathlib import Path

import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs.foreign import LONGEST, read_crs
from geo.errors import CRSError
from geo.tables.projections import crs_code, is_projected

WKT = pyproj.CRS(4549).to_wkt()
JSON = pyproj.CRS(4549).to_json()


@pytest.mark.parametrize(
    "text",
    [
        4549,
        "4549",
        "EPSG:4549",
        " epsg:4549 ",
        WKT,
        pyproj.CRS(4549).to_wkt("WKT1_ESRI"),
        JSON,
        "urn:ogc:def:crs:EPSG::4549",
        "http://www.opengis.net/def/crs/EPSG/0/4549",
        "CGCS2000 / 3-degree Gauss-Kruger CM 120E",
        "+init=epsg:4549",
        "+proj=tmerc +lat_0=31.2 +lon_0=121.5 +ellps=GRS80 +units=m",
        "ESRI:102012",
        "OGC:CRS84",
    ],
)
def test_what_files_and_people_say_is_read(text: object) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of +init=
        wanted = pyproj.CRS.from_user_input(int(text) if text == "4549" else text)
    assert read_crs(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "+init={path}:x",
        "+proj=pipeline +step +init={path}:x",
        "+proj=longlat +nadgrids=@{path}",
        "+proj=longlat +nadgrids=null,{path}",
        "+proj=merc +geoidgrids={path}",
        "proj=longlat nadgrids={path}",
        "{path}:x",
        r"C:\grids\a.gsb:x",
        "+proj=longlat +nadgrids=http://127.0.0.1:9/a.gtx",
        "+proj=longlat +NADGRIDS = \\\\host\\share\\a",
        'BOUNDCRS[SOURCECRS[{wkt}],TARGETCRS[{wkt}],ABRIDGEDTRANSFORMATION["x",METHOD["NTv2"],'
        'PARAMETERFILE["Latitude and longitude difference file","{path}"]]]',
        '{{"type":"BoundCRS","transformation":{{"parameters":[{{"name":"grid","value":"{path}.gsb"}}]}}}}',
    ],
)
def test_a_text_that_names_a_file_is_refused_and_nothing_opened(text: str, tmp_path: Path) -> None:
    """The file is a pipe without a writer: who opened it would wait for ever."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(CRSError, match="names a file, which is not opened"):
        read_crs(text.format(path=pipe, wkt=WKT))


def flood(n: int) -> dict[str, str]:
    return {
        "parameters": "+proj=longlat " + " ".join(f"+q{i}=1" for i in range(n)),
        "steps": "+proj=pipeline " + "+step +proj=merc " * n,
        "titles": "+proj=longlat +title=" + "x" * n,
        "brackets": "GEOGCS[" * n + "]" * n,
        "objects": '{"type":"BoundCRS","source_crs":' * n + "1" + "}" * n,
        "lists": '{"type":"GeographicCRS","a":' + "[" * n + "]" * n + "}",
        "names": "WGS " * n,
        "codes": "+".join(["EPSG:4326"] * n),
        "ids": WKT[:-1] + "," + ",".join(f'ID["EPSG",{i}]' for i in range(n)) + "]",
        "digits": "9" * n,
        "colons": "/:" * (n // 2) + " x",  # took cubic time: 8 s of 2,000 characters
        "slashes": '{"name":"' + "/" * n,
        "dots": '{"value":"' + "/." * (n // 2) + "!",
        "parameters_of_files": "init=" * (n // 5),
        "texts": 'PARAMETERFILE["' + '""' * (n // 2),
        "blanks": "init" + " " * n + "x",
    }


def told(error: CRSError) -> None:
    assert 10 < len(str(error)) < 400


@pytest.mark.parametrize("size", [300, 3_000, 30_000, 300_000])
@pytest.mark.parametrize("kind", flood(1))
def test_no_text_takes_two_seconds_of_the_processor(kind: str, size: int) -> None:
    began = time.process_time()
    try:
        is_projected(crs_code(flood(size)[kind]))
    except CRSError as error:
        told(error)
    assert time.process_time() - began < 2


def test_the_longest_that_is_read_leaves_room_for_every_registered_one() -> None:
    longest = max(
        len(pyproj.CRS.from_authority(info.auth_name, info.code).to_wkt())
        for info in pyproj.database.query_crs_info("EPSG")[::97]
    )
    assert 2 * longest < LONGEST
    with pytest.raises(CRSError, match=f"a CRS of {LONGEST + 1} characters"):
        read_crs("+proj=longlat +title=" + "x" * (LONGEST - 20))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["+proj=", "tmerc", "+init=", "EPSG:", "4326", "[", "]", "{", "}", '"', "GEOGCS", ",", " ", "/", ":", "+"]
        )
        | st.text(max_size=4),
        max_size=12,
    ).map("".join)
)
def test_only_our_error_leaves(text: str) -> None:
    try:
        read_crs(text)
    except CRSError as error:
        told(error)
