"""Make C libraries upper-case ASCII letters correctly in Turkish and similar locales, where i does not become I."""

from __future__ import annotations

import locale
from contextlib import suppress

__all__ = ["use_ascii_letters"]

#: Prefixes of locales in which i and I are not a pair.
_DOTTED = ("tr", "az", "ku", "crh", "tt", "turk", "azer")


def use_ascii_letters() -> None:
    """Set ``LC_CTYPE`` to C if the locale's upper case of i is not I, so that GDAL and GEOS work.

    In Turkish or Azerbaijani locales GEOS writes ``MULTiPOLYGON`` and cannot read ``polygon``, and GDAL misspells the
    geometry types of a GeoPackage in the same way. Python itself does not use the locale for letters.
    """
    if not locale.setlocale(locale.LC_CTYPE).lower().startswith(_DOTTED):
        return
    for chosen in ("C.UTF-8", "C"):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, chosen)
            return
