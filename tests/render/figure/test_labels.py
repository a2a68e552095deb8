from __future__ import annotations

import itertools

import shapely

from geo.render.figure.labels import Thing, spots

ROOM = shapely.box(0, 0, 400, 300)


def square(key: str, x: float, y: float, **more: object) -> Thing:
    return Thing(key, shapely.box(x - 2, y - 2, x + 2, y + 2), 50, 9, (x, y), small=True, **more)  # type: ignore[arg-type]


def test_a_name_stands_in_its_place_or_beside_its_square() -> None:
    large = Thing("large", shapely.box(50, 50, 200, 150), 60, 10, (125, 100))
    found = spots([large, square("small", 300, 100)], ROOM, [])
    assert (found["large"].x, found["large"].y, found["large"].leader) == (125, 100, None)
    assert found["small"].leader is None
    assert 0 < found["small"].box.distance(shapely.box(298, 98, 302, 102)) < 4


def test_names_of_a_crowd_meet_neither_one_another_nor_the_place_of_another() -> None:
    crowd = [square(f"{x}-{y}", 180 + 14 * x, 130 + 14 * y) for x in range(3) for y in range(3)]
    found = spots(crowd, ROOM, [])
    assert len(found) == len(crowd)
    assert any(one.leader for one in found.values())
    for one, other in itertools.combinations(found.values(), 2):
        assert not one.box.intersects(other.box)
        assert not (one.leader and one.leader.intersects(other.box))
    for thing in crowd:
        for key, spot in found.items():
            if key != thing.key:
                assert not spot.box.intersects(thing.shape)
                assert not (spot.leader and spot.leader.intersects(thing.shape))
        # A leader comes from its own place.
        leader = found[thing.key].leader
        assert leader is None or leader.distance(shapely.Point(thing.at)) < 1e-9


def test_a_name_keeps_off_what_is_blocked_and_stays_in_the_room() -> None:
    blocked = shapely.box(100, 0, 400, 300)
    found = spots([square("a", 99, 150)], ROOM, [blocked])
    assert not found["a"].box.intersects(blocked)
    assert spots([square("a", 200, 150)], ROOM, [ROOM]) == {}
    # Without a leader only the spots beside it are tried.
    beside = shapely.box(150, 100, 250, 200)
    assert spots([square("a", 200, 150, leader=False)], ROOM, [beside]) == {}


def test_a_name_may_stand_on_what_its_place_lies_on_and_on_nothing_else() -> None:
    under = Thing("under", shapely.box(100, 50, 300, 250), 60, 10, (200, 60))
    inside = square("inside", 200, 200, on=frozenset({"under"}))
    assert not spots([under, inside], ROOM, [])["inside"].leader
    stranger = square("inside", 200, 200)
    found = spots([under, stranger], ROOM, [])
    assert "inside" not in found or not found["inside"].box.intersects(under.shape)


def test_a_name_of_the_ground_has_no_shape_and_no_leader() -> None:
    sea = Thing("sea", shapely.Polygon(), 40, 9, (200, 150))
    assert (spots([sea], ROOM, [])["sea"].x, spots([sea], ROOM, [])["sea"].leader) == (200, None)
    assert spots([sea], ROOM, [ROOM]) == {}
    dots = [shapely.Point(200, 150)]
    assert not spots([sea], ROOM, [], dots)["sea"].box.intersects(dots[0])
