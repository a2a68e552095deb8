"""A griffe extension: what ``#:`` comments above a constant or an attribute say is its documentation."""

from __future__ import annotations

from typing import Any

import griffe


class Comments(griffe.Extension):
    """Take the ``#:`` comments above an attribute that has no other documentation."""

    def on_attribute_instance(self, *, attr: griffe.Attribute, **_: Any) -> None:
        """Read the lines above it, upwards as long as they are such comments."""
        if attr.docstring is not None or not attr.lineno or not attr.filepath:
            return
        found: list[str] = []
        for line in reversed(attr.lines_collection[attr.filepath][: attr.lineno - 1]):
            if not line.lstrip().startswith("#:"):
                break
            found.insert(0, line.lstrip()[2:].strip())
        if found:
            attr.docstring = griffe.Docstring("\n".join(found), parent=attr, lineno=attr.lineno)
