"""What every map and file must say of itself: that borders are for reference, and whether the map was approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.base.messages import text

__all__ = ["approval_notice", "notice"]


def approval_notice(meta: Mapping[str, Any], language: str) -> str:
    """Return the number under which a map was approved (审图号), or that it was not.

    A map shown in public in China needs such a number: ``approval_number`` of ``atlas.toml``.

    Examples
    --------
    >>> approval_notice({"approval_number": ""}, "zh")
    '未经审图，仅供参考'
    >>> approval_notice({"approval_number": "沪S(2026)001号"}, "zh")
    '审图号：沪S(2026)001号'
    """
    number = str(meta.get("approval_number") or "").strip()
    return text("notice.approved", language, number=number) if number else text("notice.not_approved", language)


def notice(meta: Mapping[str, Any], language: str) -> str:
    """Return the border notice of an atlas and, beside it, that of map approval, in one line."""
    return f"{meta[f'border_notice_{language}']} · {approval_notice(meta, language)}"
