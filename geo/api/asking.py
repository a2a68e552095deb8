"""A request as the doors see it, the answer that they give, and what is wrong with a request."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from geo.base.messages import text
from geo.base.nearest import nearest
from geo.errors import GeoError

__all__ = ["GEOJSON", "HTML", "JSON", "Answering", "Ask", "RefusedError", "Reply", "json_reply", "refusal"]

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"

#: Of what was given, this many characters are said again.
_MOST_SAID = 80


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for.

    Attributes
    ----------
    path : str
        Below the app, "/data/index.json".
    query : tuple of (str, str)
        As given, in its order.
    accept : str
        The Accept header.
    base : str
        Address of the app without a slash at its end, for links: "https://example.org/map".
    """

    path: str
    query: tuple[tuple[str, str], ...] = ()
    accept: str = ""
    base: str = ""

    def parameters(self, allowed: Iterable[str]) -> dict[str, str]:
        """Return the query by name.

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
    """An answer: its bytes, what they are, and the headers beside those that every answer has."""

    body: bytes
    media_type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """What its ETag holds: changes with the bytes, and with what they are said to be."""
        said = json.dumps([self.media_type, dict(self.headers)]).encode()
        return hashlib.sha256(said + self.body).hexdigest()[:16]

    @cached_property
    def packed(self) -> bytes:
        """The bytes gzipped; empty where that does not pay."""
        made = gzip.compress(self.body, compresslevel=6, mtime=0)
        return made if len(made) < len(self.body) else b""


#: Answers one kind of address: the atlas, the request, and the named parts of its path.
Answering = Callable[..., Reply]


class RefusedError(GeoError):
    """A request that cannot be answered.

    Attributes
    ----------
    status : int
        Of HTTP.
    code : str
        What is wrong, for programs: "InvalidParameterValue", "NotFound", ….
    translations : mapping of str to str
        Why, by language.
    """

    def __init__(self, status: int, code: str, why: Mapping[str, str]) -> None:
        super().__init__(why["en"])
        self.status, self.code, self.translations = status, code, dict(why)

    @classmethod
    def of(cls, reason: str, **values: object) -> RefusedError:
        """Return the refusal for a reason, a row ``api.wrong.…`` of the messages."""
        status, code = _STATUSES.get(reason, (400, "InvalidParameterValue"))
        said = {name: str(value)[:2000] for name, value in values.items()}
        return cls(status, code, {language: text(f"api.wrong.{reason}", language, **said) for language in ("zh", "en")})

    @classmethod
    def unknown(cls, name: str, known: Iterable[str], *, where: str) -> RefusedError:
        """Return the refusal of an address that names nothing, with the nearest that is there."""
        given = name[:_MOST_SAID]
        close = ", ".join(nearest(given, tuple(known))) or "–"
        return cls.of("missing", given=given, nearest=close, where=where)


_STATUSES = {"missing": (404, "NotFound"), "failed": (500, "ServerError")}


def json_reply(content: Any, media_type: str = JSON, status: int = 200, **headers: str) -> Reply:
    """Return an answer in JSON."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=dict, allow_nan=False)
    return Reply(body.encode("utf-8", "replace"), media_type, status, headers)


def refusal(wrong: RefusedError) -> Reply:
    """Return the answer to a request that cannot be answered: JSON with a code and why, in English and 中文."""
    content = {"code": wrong.code, "description": str(wrong), "description_zh": wrong.translations["zh"]}
    return json_reply(content, JSON, wrong.status)
