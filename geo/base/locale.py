"""Letters of formats are ASCII in every locale: in a Turkish one, C libraries make no I of an i."""

from __future__ import annotations

import locale
from contextlib import suppress

__all__ = ["use_ascii_letters"]

#: Beginnings of the names of locales in which i and I are no pair.
_DOTTED = ("tr", "az", "ku", "crh", "tt", "turk", "azer")


def use_ascii_letters() -> None:
    """Let GDAL and GEOS take letters as ASCII has them; changes ``LC_CTYPE`` of the process where i and I are no pair.

    With Turkish or Azerbaijani letters GEOS writes ``MULTiPOLYGON`` and reads no ``polygon``, and GDAL
    names the geometries of a GeoPackage alike. Python itself asks no locale for letters.
    """
    if not locale.setlocale(locale.LC_CTYPE).lower().startswith(_DOTTED):
        return
    for chosen in ("C.UTF-8", "C"):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, chosen)
            return
