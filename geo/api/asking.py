"""A request to the API, the reply to it, and the errors that a request can cause."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from geo.base.messages import text
from geo.base.nearest import nearest
from geo.errors import GeoError

__all__ = ["GEOJSON", "HTML", "JSON", "Answering", "Ask", "RefusedError", "Reply", "json_reply", "refusal"]

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"

#: Most characters of a given value that an error message repeats.
_MOST_SAID = 80


@dataclass(frozen=True, slots=True)
class Ask:
    """A request.

    Attributes
    ----------
    path : str
        Path below the app, such as "/data/index.json".
    query : tuple of (str, str)
        Query parameters in the given order.
    accept : str
        The Accept header.
    base : str
        Address of the app without trailing slash, for links, such as "https://example.org/map".
    """

    path: str
    query: tuple[tuple[str, str], ...] = ()
    accept: str = ""
    base: str = ""

    def parameters(self, allowed: Iterable[str]) -> dict[str, str]:
        """Return the query parameters by name.

        Raises
        ------
        RefusedError
            If a name is not allowed or is given twice.
        """
        known, found = tuple(allowed), dict[str, str]()
        for name, value in self.query:
            if name not in known:
                raise RefusedError.of("parameter", name=name[:_MOST_SAID], allowed=", ".join(known) or "–")
            if name in found:
                raise RefusedError.of("twice", name=name)
            found[name] = value
        return found


@dataclass(frozen=True)
class Reply:
    """A reply: its body, media type, and headers in addition to those of every reply."""

    body: bytes
    media_type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """Content of the ETag: changes with the body and with its media type."""
        said = json.dumps([self.media_type, dict(self.headers)]).encode()
        return hashlib.sha256(said + self.body).hexdigest()[:16]

    @cached_property
    def packed(self) -> bytes:
        """The gzipped body; empty if gzip does not pay off."""
        made = gzip.compress(self.body, compresslevel=6, mtime=0)
        return made if len(made) < len(self.body) else b""


#: Function that answers one kind of address: takes the atlas, the request, and the named parts of the path.
Answering = Callable[..., Reply]


class RefusedError(GeoError):
    """A request that cannot be answered.

    Attributes
    ----------
    status : int
        HTTP status.
    code : str
        Machine-readable code: "InvalidParameterValue", "NotFound", ….
    translations : mapping of str to str
        Message by language.
    """

    def __init__(self, status: int, code: str, why: Mapping[str, str]) -> None:
        super().__init__(why["en"])
        self.status, self.code, self.translations = status, code, dict(why)

    @classmethod
    def of(cls, reason: str, **values: object) -> RefusedError:
        """Return the error for a reason: the suffix of a message id ``api.wrong.…``."""
        status, code = _STATUSES.get(reason, (400, "InvalidParameterValue"))
        said = {name: str(value)[:2000] for name, value in values.items()}
        return cls(status, code, {language: text(f"api.wrong.{reason}", language, **said) for language in ("zh", "en")})

    @classmethod
    def unknown(
        cls, name: str, known: Iterable[str], called: Mapping[str, str] = MappingProxyType({}), *, where: str
    ) -> RefusedError:
        """Return the 404 error for a name that does not exist, with the existing ones that are `nearest`."""
        given = name[:_MOST_SAID]
        close = ", ".join(nearest(given, tuple(known), called)) or "–"
        return cls.of("missing", given=given, nearest=close, where=where)


_STATUSES = {"missing": (404, "NotFound"), "failed": (500, "ServerError")}


def json_reply(content: Any, media_type: str = JSON, status: int = 200, **headers: str) -> Reply:
    """Return a JSON reply."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=dict, allow_nan=False)
    return Reply(body.encode("utf-8", "replace"), media_type, status, headers)


def refusal(wrong: RefusedError) -> Reply:
    """Return the reply for an error: JSON with a code, and the message in English and 中文."""
    content = {"code": wrong.code, "description": str(wrong), "description_zh": wrong.translations["zh"]}
    return json_reply(content, JSON, wrong.status)
