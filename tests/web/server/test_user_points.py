from __future__ import annotations

import gc
import json

import apart
import numpy as np
import pytest
from starlette.requests import Request
from starlette.responses import Response

from geo.crs.datums import from_wgs84
from geo.web.server import user_points
from geo.web.server.user_points import publish, route

LON, LAT = np.array([121.5, np.nan, 121.6]), np.array([31.2, 31.0, 31.3])


def ask(url: str) -> Response:
    """Answer a request for a path as the server would once its route matched."""
    token, part = url.removeprefix("/points/").split("?")[0].split("/")
    scope = {"type": "http", "method": "GET", "headers": [], "path_params": {"token": token, "part": part}}
    return apart.run(route().endpoint, Request(scope))


def read(body: bytes) -> np.ndarray:
    return np.frombuffer(body, "<i4").reshape(-1, 2) / 1e6


def test_points_come_back_in_the_datum_of_the_basemap_and_are_not_kept() -> None:
    points = publish(LON, LAT)
    answer = ask(points.url())
    assert answer.headers["cache-control"] == "no-store"
    assert read(answer.body).tolist() == [[121.5, 31.2], [121.6, 31.3]]
    shifted = read(ask(points.url("gcj02")).body)
    assert np.allclose(shifted, np.column_stack(from_wgs84(LON[[0, 2]], LAT[[0, 2]], "gcj02")), atol=1e-6)


def test_an_address_is_unguessable_and_ends_with_its_owner() -> None:
    first, second = publish(LON, LAT), publish(LON, LAT)
    assert first.token != second.token
    assert len(first.token) >= 43
    url = first.url()
    del first
    gc.collect()
    assert (ask(url).status_code, ask(url).body) == (204, b"")
    assert ask(second.url()).status_code == 200


def test_a_closed_page_shows_its_points_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_points, "session_id", lambda: "one")
    points = publish(LON, LAT)
    points.describe(lambda row: ("", []))
    for session, answer in (("one", 200), ("another", 404)):
        monkeypatch.setattr(user_points, "is_open", session.__eq__)
        assert ask(points.url()).status_code == ask(f"{points.rows_url()}0").status_code == answer


def test_what_web_mercator_has_no_place_for_is_left_out() -> None:
    points = publish(np.full(4, 121.5), np.array([-90.0, 85.04, 85.06, 31.2]))
    assert len(points) == 2
    points.describe(lambda row: (str(row), []))
    assert [json.loads(ask(f"{points.rows_url()}{n}").body)["name"] for n in range(2)] == ["1", "3"]


def test_what_was_taken_away_is_no_error_for_the_page_that_still_asks_and_nothing_once_it_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_pages = {"mine", "theirs"}
    monkeypatch.setattr(user_points, "is_open", lambda session: session in open_pages)
    monkeypatch.setattr(user_points, "session_id", lambda: "mine")
    points = publish(LON, LAT)
    points.colour(np.array([4, 5, 6], np.uint8))
    coloured, url = points.classes_url(), points.url()
    points.colour(None)
    assert (ask(coloured).status_code, ask(coloured).body) == (204, b"")
    del points
    gc.collect()
    assert [ask(one).status_code for one in (url, coloured)] == [204, 204]
    open_pages.remove("mine")
    assert ask(url).status_code == 404


def test_only_the_latest_that_were_taken_away_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_points, "_MOST_GONE", 2)
    urls = [publish(LON, LAT).url() for _ in range(3)]
    gc.collect()
    assert [ask(url).status_code for url in urls] == [404, 204, 204]


def test_nothing_is_served_to_one_who_guesses() -> None:
    assert ask("/points/x/wgs84").status_code == 404
    assert route().path == "/points/{token}/{part}"


def test_an_unknown_datum_is_not_served() -> None:
    points = publish(LON, LAT)
    assert ask(points.url("mars")).status_code == 404


def test_classes_are_those_of_the_points_and_come_under_another_address_when_they_change() -> None:
    points = publish(LON, LAT)
    assert points.classes_url() == ""
    assert ask(f"/points/{points.token}/classes").status_code == 404
    points.colour(np.array([4, 5, 6], np.uint8))
    first = points.classes_url()
    assert list(ask(first).body) == [4, 6]  # the second row has no point
    points.colour(np.array([1, 2, 3], np.uint8))
    assert points.classes_url() != first
    points.colour(None)
    assert points.classes_url() == ""


def test_a_row_is_told_by_the_number_of_its_point_and_no_other() -> None:
    points = publish(LON, LAT)
    assert points.rows_url() == ""
    assert ask(f"/points/{points.token}/row-0").status_code == 404
    points.describe(lambda row: (f"行{row}", [("a", "<b>")]))
    answer = ask(f"{points.rows_url()}1")
    assert json.loads(answer.body) == {"name": "行2", "cells": [["a", "<b>"]]}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    first = points.rows_url()
    points.describe(lambda row: (f"row {row}", []))
    assert json.loads(ask(f"{points.rows_url()}1").body) == {"name": "row 2", "cells": []}
    assert ask(f"{first}1").status_code == 204, "words of before are not told as those of now"
    for wrong in ("row-0-1", "row-3-1", "row-1-x", "row--1"):
        assert ask(f"/points/{points.token}/{wrong}").status_code == 404, wrong
    for wrong in ("2", "-1", "", "1.0", "²", "99999999999999999999", "x"):
        assert ask(f"{points.rows_url()}{wrong}").status_code == 404, wrong
