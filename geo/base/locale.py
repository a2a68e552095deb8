"""Make C libraries upper-case ASCII letters correctly in Turkish and similar locales, where i does not become I."""

from __future__ import annotations

import locale
from contextlib import suppress

__all__ = ["use_ascii_letters"]

#: Beginnings of the names of locales in which i and I are no pair.
_DOTTED = ("tr", "az", "ku", "crh", "tt", "turk", "azer")


def use_ascii_letters() -> None:
    """Set ``LC_CTYPE`` of the process to C where the locale's upper case of i is not I, so that GDAL and GEOS work.

    With Turkish or Azerbaijani letters GEOS writes ``MULTiPOLYGON`` and reads no ``polygon``, and GDAL
    names the geometries of a GeoPackage alike. Python itself asks no locale for letters.
    """
    if not locale.setlocale(locale.LC_CTYPE).lower().startswith(_DOTTED):
        return
    for chosen in ("C.UTF-8", "C"):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, chosen)
            return
