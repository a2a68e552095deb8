"""The muted style of the basemap in files and figures: line widths, colours, fonts, scales at which names appear."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BASE_LOOKS", "BEYOND", "CHINESE_FONTS", "SEA", "BaseLook"]

#: Colours of areas without a layer: the sea, and land outside the districts.
SEA, BEYOND = "#E1ECF2", "#F1EFEA"

#: Font families with simplified Chinese, best first; the first one installed is used.
CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Microsoft YaHei",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Noto Serif CJK SC",
)


@dataclass(frozen=True, slots=True)
class BaseLook:
    """Style of a basemap layer, by its role: line width, area colour, names, scale from which it is shown.

    `labels_from` and `shown_from` are scale denominators: at smaller scales the names, or the whole layer, are hidden.
    """

    width_mm: float
    fill: str = ""
    colour: str = ""
    size_pt: float = 0.0
    labels_from: int = 0
    shown_from: int = 0


BASE_LOOKS = {
    "township": BaseLook(0.1, size_pt=7, labels_from=60_000, shown_from=120_000),
    "district": BaseLook(0.3, fill="#FBFBF9", colour="#B9C0C7", size_pt=9, labels_from=1_000_000),
    "water": BaseLook(0.1, fill="#CFE3EE", colour="#CFE3EE", size_pt=8, labels_from=300_000),
    "coast": BaseLook(0.2, colour="#9FB6C3"),
    "road": BaseLook(0.4, colour="#D8D3CA"),
    "rail": BaseLook(0.35, colour="#B4B9C0", size_pt=7, labels_from=100_000),
    "station": BaseLook(1.4, colour="#7A838C", size_pt=7, labels_from=30_000, shown_from=100_000),
}
