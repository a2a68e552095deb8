"""Disable network access of GDAL, PROJ and curl by their own settings, so that no file can cause a request.

Only child processes open untrusted files with GDAL (`geo.base.confined`). They start with `environment`, because GDAL
registers its drivers when it is loaded and would otherwise have more than the allowed ones. Where the system supports
it, the kernel also refuses them every connection (`geo.base.seccomp`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["environment", "seal", "skipped_drivers"]

#: Environment variables that a child inherits; no others, so no GDAL settings, proxies or credentials.
_KEPT = (
    *("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "WINDIR"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME"),
    *("GDAL_DATA", "PROJ_DATA", "PROJ_LIB"),  # where their own tables are; some distributions have to say it
)
#: A proxy at the port "discard", where nothing listens; the only allowed URL suffix is one that no file has.
_SHUT = {
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "127.0.0.1:9",
    "GDAL_HTTP_MAX_RETRY": "0",
    "no_proxy": "",
    "NO_PROXY": "",
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_PAM_ENABLED": "NO",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "PROJ_NETWORK": "OFF",
}
#: All vector drivers up to GDAL 3.12, and drivers that read several kinds of data.
_DRIVERS = (
    *("ADBC", "AIVector", "AVCBin", "AVCE00", "AmigoCloud", "Arrow", "CAD", "CSV", "CSW", "Carto", "Cloudant"),
    *("CouchDB", "DB2ODBC", "DGN", "DGNv8", "DODS", "DWG", "DXF", "EDIGEO", "EEDA", "ESRI Shapefile", "ESRIJSON"),
    *(
        "Elasticsearch",
        "FileGDB",
        "FlatGeobuf",
        "GDALG",
        "GeoJSON",
        "GeoJSONSeq",
        "GeoRSS",
        "GML",
        "GMLAS",
        "GNMDatabase",
    ),
    *("GNMFile", "GPKG", "GPSBabel", "GPX", "GTFS", "HANA", "HDF5", "HTTP", "IDB", "Idrisi", "INGRES", "Interlis 1"),
    *("Interlis 2", "JML", "JP2ECW", "JP2KAK", "JP2Lura", "JP2MrSID", "JP2OpenJPEG", "JPEG2000", "JSONFG", "KML"),
    *(
        "LIBKML",
        "LIBOPENCAD",
        "LVBAG",
        "MapInfo File",
        "MapML",
        "MBTiles",
        "MEM",
        "Memory",
        "MiraMonVector",
        "MongoDBv3",
    ),
    *(
        "MSSQLSpatial",
        "MVT",
        "MySQL",
        "NAS",
        "netCDF",
        "NGW",
        "OAPIF",
        "OCI",
        "ODBC",
        "ODS",
        "OGCAPI",
        "OGDI",
        "OGR_DODS",
    ),
    *(
        "OGR_GMT",
        "OGR_OGDI",
        "OGR_PDS",
        "OGR_SDE",
        "OGR_VRT",
        "OpenAir",
        "OpenFileGDB",
        "OSM",
        "Parquet",
        "PCIDSK",
        "PDF",
    ),
    *("PDS4", "PGDUMP", "PGeo", "PLSCENES", "PMTiles", "PostgreSQL", "REC", "S57", "SEGUKOOA", "SEGY", "Selafin"),
    *(
        "SQLite",
        "STACIT",
        "STACTA",
        "SOSI",
        "SUA",
        "SVG",
        "SXF",
        "TIGER",
        "TileDB",
        "TopoJSON",
        "UK .NTF",
        "VDV",
        "VFK",
    ),
    *("VICAR", "VRT", "Walk", "WAsP", "WCS", "WFS", "WFS3", "WMS", "WMTS", "XLS", "XLSX", "XODR", "XPlane", "Zarr"),
)


def seal() -> None:
    """Disable PROJ's network access in this process, whatever the environment variables say."""
    os.environ["PROJ_NETWORK"] = "OFF"  # sufficient if PROJ is not loaded yet
    if "pyproj" in sys.modules:
        from pyproj.network import set_network_enabled  # type: ignore[attr-defined]

        set_network_enabled(active=False)


def skipped_drivers(allowed: Sequence[str], present: Sequence[str] = ()) -> str:
    """Return GDAL's list of drivers to skip: all known ones and those in `present`, except `allowed`."""
    return ",".join(sorted({*_DRIVERS, *present} - {*allowed}))


def environment(drivers: Sequence[str] = ()) -> dict[str, str]:
    """Return the environment variables of a child process that opens untrusted files.

    Parameters
    ----------
    drivers : sequence of str
        Allowed GDAL drivers.
    """
    here = str(Path(__file__).parents[2])  # this package, even if it is not installed
    paths = [here, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        **_SHUT,
        "OGR_SKIP": skipped_drivers(drivers),
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUTF8": "1",
        # One thread: many children may run at once, and each thread reserves address space, which counts as memory.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
