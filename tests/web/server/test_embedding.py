"""Who may show the app in a frame: nobody, but the origins that were named."""

from __future__ import annotations

import pytest

from geo.errors import UsageError
from geo.web.server import embedding
from geo.web.server.middleware import content_security_policy


def ancestors() -> list[str]:
    rules = dict(rule.split(" ", 1) for rule in content_security_policy().split("; "))
    return rules["frame-ancestors"].split()


def test_nobody_may_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(embedding.ENVIRONMENT, raising=False)
    assert ancestors() == ["'self'"]
    monkeypatch.setenv(embedding.ENVIRONMENT, "https://News.example.org/ http://127.0.0.1:8000")
    assert ancestors() == ["'self'", "https://news.example.org", "http://127.0.0.1:8000"]


@pytest.mark.parametrize(
    "given",
    [
        "*", "news.example.org", "https://", "https://*.example.org", "https://news.example.org/page", "javascript://x",
        "https://a.org;script-src *", "'unsafe-inline'", "https://a.org b.org", "data:", "https://a.org:999999",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(given: str) -> None:
    with pytest.raises(UsageError, match="is no origin"):
        embedding.named_origins([given])


def test_names_in_other_letters_are_as_browsers_send_them() -> None:
    (name,) = embedding.named_origins(["https://地图.example"])
    assert name.startswith("https://xn--")
