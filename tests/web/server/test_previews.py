"""The preview pictures of the app: named in the first HTML, drawn once, and none of what is no place."""

from __future__ import annotations

import pytest
from asked import Asked
from starlette.applications import Starlette

from geo.atlas.atlas import Atlas
from geo.web.server import previews
from geo.web.server.assets import CHECK_AGAIN


def test_a_picture_is_served_under_its_address_and_asked_for_again_only_when_it_changed(atlas: Atlas) -> None:
    get = Asked(Starlette(routes=[previews.route()]))
    path = previews.preview_path(atlas, "")
    assert path == f"/preview/{atlas.meta['city_place_id']}.png?{atlas.digest[:16]}"
    answer = get(path)
    assert answer.status == 200
    assert answer.body.startswith(b"\x89PNG")
    assert answer.headers["cache-control"] == CHECK_AGAIN
    assert get(path, if_none_match=answer.headers["etag"]).status == 304
    before = previews._drawn.cache_info().hits
    assert get(path).body == answer.body
    assert previews._drawn.cache_info().hits == before + 1
    assert get("/preview/nowhere.png").status == 404


def test_without_what_draws_no_picture_is_promised(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "can_draw", lambda: False)
    assert previews.preview_path(atlas, "") == ""
    assert Asked(Starlette(routes=[previews.route()]))(f"/preview/{next(iter(atlas))}.png").status == 404
