"""CQL2 filters on the features of a collection; text and JSON are parsed by the package cql2 into one kind of tree.

As in SQL, a comparison with a missing value is neither true nor false: such a feature matches neither a filter nor its
negation. `CONFORMANCE` lists what is supported; everything else is refused, never ignored.
"""

from __future__ import annotations

import json
import math
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.api.asking import RefusedError
from geo.api.ogc.collections import Collection
from geo.api.ogc.crs import check_position, shapes_in
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES, text

__all__ = ["CONFORMANCE", "DEEPEST", "GEOMETRY", "LONGEST", "matches"]

#: Name of the property that stands for the geometry.
GEOMETRY = "geometry"

#: Longest filter, characters.
LONGEST = 4000

#: Deepest nesting of brackets in text, and in JSON, where each operation takes two levels.
DEEPEST, _DEEPEST_JSON = 12, 48

#: Quoted text, in which brackets have no meaning; a chain of operators that the parser handles by recursion.
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")
_CHAIN = re.compile(r"(?:\bNOT\s+){20}|(?:[-+^]\s*){20}", re.IGNORECASE)

#: Supported conformance classes of CQL2.
CONFORMANCE = (
    "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
    "accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions",
    "property-property", "arithmetic",
)  # fmt: skip

#: Function from a feature's index to a value; None is unknown.
Part = Callable[[int], Any]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": math.fmod,
    "div": operator.floordiv, "^": math.pow,
}  # fmt: skip
_SPATIAL: dict[str, Callable[..., Any]] = {
    "s_intersects": shapely.intersects, "s_equals": shapely.equals, "s_disjoint": shapely.disjoint,
    "s_touches": shapely.touches, "s_within": shapely.within, "s_overlaps": shapely.overlaps,
    "s_crosses": shapely.crosses, "s_contains": shapely.contains,
}  # fmt: skip


def _without_accents(words: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", words) if not unicodedata.combining(one))


_FOLDS: dict[str, Callable[[str], str]] = {"casei": str.casefold, "accenti": _without_accents}


def matches(atlas: Atlas, one: Collection, given: str, language: str, crs: str) -> NDArray[np.bool_]:
    """Return which features match a filter.

    Parameters
    ----------
    atlas : Atlas
    one : Collection
    given : str
        The filter.
    language : {"cql2-text", "cql2-json"}
    crs : str
        URI of the CRS of geometries in the filter.

    Returns
    -------
    ndarray of shape (n,), bool

    Raises
    ------
    RefusedError
        If the filter is invalid, names an unknown property, or compares values of different kinds.
    """
    tree = _parsed(given, language)
    compiled = _Compiler(atlas, one, crs)
    try:
        kind, part = compiled.part(tree)
        if kind != "boolean":
            raise _refused("kind", found=kind, needed="boolean")
        return np.fromiter((part(number) is True for number in range(len(one.rows))), bool, len(one.rows))
    except RecursionError:
        raise _refused("nested", most=DEEPEST) from None


def _refused(reason: str, **values: object) -> RefusedError:
    """Return the error for a filter: the suffix of a message id ``api.filter.…``, in both languages."""
    why = {language: text(f"api.filter.{reason}", language, **values) for language in LANGUAGES}
    said = {language: text("api.wrong.filter", language, why=words) for language, words in why.items()}
    return RefusedError(400, "InvalidParameterValue", said)


def _guard(given: str, deepest: int) -> None:
    """Raise for filters that would take the parser too long or overflow its stack, which would end the process.

    Parsing time doubles with every level of brackets around an invalid expression, and the parser recurses for each NOT
    and minus.
    """
    if len(given) > LONGEST:
        raise _refused("long", count=len(given), most=LONGEST)
    bare = _QUOTED.sub("''", given)
    depth = most = 0
    for letter in bare:
        depth += (letter in "([{") - (letter in ")]}")
        most = max(most, depth)
    if most > deepest or _CHAIN.search(bare):
        raise _refused("nested", most=deepest)


def _parsed(given: str, language: str) -> Any:
    import cql2

    is_text = language == "cql2-text"
    _guard(given, DEEPEST if is_text else _DEEPEST_JSON)
    try:
        # pyo3 raises a Rust panic as a BaseException; it is answered as an invalid filter and must not end the server.
        return (cql2.parse_text if is_text else cql2.parse_json)(given).to_json()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise _refused("syntax", said=" ".join(str(error).split())[:300] or type(error).__name__) from None


class _Compiler:
    """Compiles a syntax tree to a function from a feature's index to a value, and the kind of that value."""

    def __init__(self, atlas: Atlas, one: Collection, crs: str) -> None:
        self.atlas, self.collection, self.crs = atlas, one, crs

    def part(self, node: Any) -> tuple[str, Part]:
        """Return the kind ("string", "number", "boolean", "geometry") and the function of a node."""
        if isinstance(node, bool):
            return "boolean", lambda _: node
        if isinstance(node, (int, float)):
            return "number", lambda _: node
        if isinstance(node, str):
            return "string", lambda _: node
        if isinstance(node, Mapping):
            if "op" in node:
                return self._operation(str(node["op"]).lower(), node.get("args", []))
            if "property" in node:
                return self._property(str(node["property"]))
            for name in ("date", "timestamp"):
                if name in node:  # dates are ISO 8601 texts here, which compare correctly
                    return self.part(str(node[name]))
            if "bbox" in node or "coordinates" in node or "geometries" in node:
                shape = self._literal(node)
                return "geometry", lambda _: shape
        raise _refused("other", name=json.dumps(node)[:80])

    def _property(self, name: str) -> tuple[str, Part]:
        if name == GEOMETRY and self.collection.geometry_format:
            shapes = shapes_in(self.atlas, self.collection.id, self.crs)
            return "geometry", lambda number: shapes[number]
        if name not in self.collection.schemas:
            known = ", ".join(self.collection.schemas)
            raise RefusedError.of("value", name="filter", given=name[:80], allowed=known)
        kind = self.collection.schemas[name]["type"]
        kind = kind if isinstance(kind, str) else kind[0]
        rows = self.collection.rows
        return ("number" if kind == "integer" else kind), lambda number: rows[number][name]

    def _operation(self, name: str, args: list[Any]) -> tuple[str, Part]:
        if name in ("and", "or", "not"):
            return "boolean", self._logic(name, args)
        if name in _COMPARISONS:
            return "boolean", self._applied(_COMPARISONS[name], *self._alike(args))
        if name in _SPATIAL:
            return "boolean", self._spatial(_SPATIAL[name], args)
        if name in _ARITHMETIC and len(args) == 2:
            return "number", self._applied(_ARITHMETIC[name], *self._of("number", args))
        if name in _FOLDS:
            return "string", self._applied(_FOLDS[name], *self._of("string", args))
        if name == "isnull":
            _, value = self.part(args[0])
            return "boolean", lambda number: value(number) is None
        if name == "like":
            value, pattern = self._of("string", args)
            like = _pattern(pattern(0)) if self._is_constant(args[1]) else None
            if like is None:
                raise _refused("pattern")
            return "boolean", self._applied(lambda words: like.fullmatch(words) is not None, value)
        if name == "between":
            return "boolean", self._applied(lambda one, low, high: low <= one <= high, *self._alike(args))
        if name == "in":
            value, *listed = self._alike([args[0], *args[1]])
            return "boolean", self._applied(lambda one, *others: one in others, value, *listed)
        raise _refused("other", name=name[:80])

    def _is_constant(self, node: Any) -> bool:
        if isinstance(node, Mapping):
            return "property" not in node and all(self._is_constant(one) for one in node.get("args", ()))
        return True

    def _of(self, kind: str, args: list[Any]) -> list[Part]:
        parts = [self.part(one) for one in args]
        for found, _ in parts:
            if found != kind:
                raise _refused("kind", found=found, needed=kind)
        return [part for _, part in parts]

    def _alike(self, args: list[Any]) -> list[Part]:
        parts = [self.part(one) for one in args]
        kinds = dict.fromkeys(kind for kind, _ in parts)
        if len(kinds) > 1 or "geometry" in kinds:
            raise _refused("compare", kinds=", ".join(kinds))
        return [part for _, part in parts]

    @staticmethod
    def _applied(function: Callable[..., Any], *parts: Part) -> Part:
        """Return a part that is unknown if one of its inputs is, or if an arithmetic operation has no result."""

        def value(number: int) -> Any:
            values = [part(number) for part in parts]
            if None in values:
                return None
            try:
                return function(*values)
            except (ArithmeticError, ValueError):
                return None

        return value

    def _logic(self, name: str, args: list[Any]) -> Part:
        parts = self._of("boolean", args)
        if name == "not":
            return self._applied(operator.not_, *parts)
        decides = name == "or"

        def value(number: int) -> Any:
            unknown = False
            for part in parts:
                found = part(number)
                if found is decides:
                    return decides
                unknown = unknown or found is None
            return None if unknown else not decides

        return value

    def _spatial(self, function: Callable[..., Any], args: list[Any]) -> Part:
        first, second = (self._shapes(one) for one in args)
        try:
            found = np.broadcast_to(function(first, second), len(self.collection.rows))
        except shapely.errors.GEOSException as error:
            raise _refused("shape", said=str(error)[:200]) from None
        unknown = np.broadcast_to(shapely.is_missing(first) | shapely.is_missing(second), len(found))
        return lambda number: None if unknown[number] else bool(found[number])

    def _shapes(self, node: Any) -> Any:
        if isinstance(node, Mapping) and node.get("property") == GEOMETRY and self.collection.geometry_format:
            return shapes_in(self.atlas, self.collection.id, self.crs)
        kind, part = self.part(node)
        if kind != "geometry":
            raise _refused("kind", found=kind, needed="geometry")
        return part(0)

    def _literal(self, node: Mapping[str, Any]) -> Any:
        try:
            if "bbox" in node:
                numbers = node["bbox"]
                low, high = numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
                shape = shapely.box(low[0], low[1], high[0], high[1])
            else:
                shape = shapely.from_geojson(json.dumps(node))
        except (shapely.errors.GEOSException, ValueError, TypeError, IndexError) as error:
            raise _refused("shape", said=str(error)[:200]) from None
        for first, second in shapely.get_coordinates(shape):
            check_position(self.crs, first, second, "filter")
        if not shapely.is_valid(shape):
            raise _refused("shape", said=str(shapely.is_valid_reason(shape))[:200])
        return shape


def _pattern(like: str) -> re.Pattern[str]:
    r"""Return a LIKE pattern as a regular expression whose search time is at most pattern × text.

    >>> [bool(_pattern("a%_c\\%").fullmatch(words)) for words in ("abc%", "axxbc%", "ac%", "abcx")]
    [True, True, False, False]
    """
    pieces, escaped = [""], False
    for letter in like:
        if escaped or letter not in "%_\\":
            pieces[-1] += re.escape(letter)
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == "_":
            pieces[-1] += "."
        else:
            pieces.append("")
    first, *rest = pieces
    if not rest:
        return re.compile(first, re.DOTALL)
    # The text between two % is matched at its first occurrence only, without backtracking (an atomic group).
    between = "".join(f"(?>.*?{piece})" for piece in rest[:-1] if piece)
    return re.compile(f"{first}{between}.*{rest[-1]}", re.DOTALL)
