"""The lookup of one parsed address in the gazetteer: the best position that its words allow."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
import shapely

from geo.addresses.beside import Beside
from geo.addresses.ends import Ends
from geo.addresses.fold import folded_key
from geo.addresses.found import Match, agree, one_place, surer
from geo.addresses.gazetteer import Gazetteer, NamedPoint, Run
from geo.addresses.kin import Kin
from geo.addresses.numbering import Directions, Track
from geo.addresses.parse import ROADS, Parsed, boundary_cut, road_names
from geo.addresses.places import is_settlement
from geo.addresses.runs import Spot

__all__ = ["Match", "Matcher"]

#: A road that is known only outside a district is taken for one in it if it is nearer than this.
_BESIDE_M = 400.0
#: Most that a position may lie from the township that the address states; borders and names of townships change.
_NEAR_TOWNSHIP_M = 2000.0
#: Error of a crossing, and error of a house number from which a crossing in the address is preferred.
_CROSSING_ERROR_M = 60.0
_UNSURE_M = 120.0
#: Error of a house number from which buildings and parks in the address are considered too.
_COARSE_M = 500.0
_NAME_AFTER = re.compile(r"[^\d号弄支室楼幢栋层座单元,()/#-]{2}")
#: From this error on, and with at most this many known numbers, the line of the road is asked too.
_GAP_M, _FEW_NUMBERS = 60.0, 3
#: Most names of a family that a note lists.
_KIN_NAMED = 3
_LEVELS = {
    "exact": "house_number",
    "between": "house_number",
    "beyond": "house_number",
    "estate": "road",
    "settlement": "road",
    "within": "road",
    "model": "road",
    "road": "road",
    "crossing": "crossing",
    "poi": "poi",
    "kin": "road",
    "beside": "poi",
}


class Matcher:
    """Finds positions in a gazetteer.

    Parameters
    ----------
    gazetteer : Gazetteer
    district_shapes, township_shapes : sequence of shapely polygons
        Metres, by number of the area.
    """

    def __init__(
        self,
        gazetteer: Gazetteer,
        district_shapes: Sequence[shapely.Geometry],
        township_shapes: Sequence[shapely.Geometry],
    ) -> None:
        self.gazetteer = gazetteer
        self._districts, self._townships = district_shapes, township_shapes
        self._directions = Directions(
            run.by_district[-1] for runs in gazetteer.roads.values() for run in runs if -1 in run.by_district
        )
        self._tracks: dict[int, tuple[Track, bool] | None] = {}
        self._ends: Ends | None = None
        self._middles: dict[tuple[int, int], Spot] = {}
        self._beside: dict[tuple[int, int], bool] = {}
        self._kin: Kin | None = None
        self._spots: Beside | None = None

    def match(self, parsed: Parsed, districts: tuple[int, ...], townships: tuple[int, ...]) -> Match:
        """Return the position of an address.

        Tried in this order: house number on a road, crossing, road without a number, named point, names of the same
        family, a station or building on the road.

        Parameters
        ----------
        parsed : Parsed
        districts, townships : tuple of int
            Numbers of the areas that the row states; empty for any.
        """
        notes: list[tuple[str, str]] = []
        if parsed.head.elsewhere:
            return Match(None, notes=(("elsewhere", ""),))
        best: Match | None = None
        for one in parsed.numbered:
            found = self.gazetteer.known_road(one.name)
            if found is None:
                continue
            key, before = found
            own, near = self._hinted(before, districts, townships)
            run, trouble = self._run(key, own, near, one.number)
            if run is None:
                notes.append((trouble, key))
                continue
            spot = self._numbered(run, own, one.number, one.is_lane)
            if not self._is_near(spot, spot.error_m, near):
                notes.append(("road_elsewhere", key))
                continue
            best = Match(spot, _LEVELS[spot.how], key, tuple(notes))
            if spot.error_m > _COARSE_M:
                best = self._by_a_name(parsed, districts, townships, best, one.number)
            break
        unsure = best is None or (best.spot is not None and best.spot.error_m > _UNSURE_M and best.spot.how != "exact")
        if unsure and _names_two_roads(parsed):
            crossing = self._crossing(parsed, districts, townships, best)
            best = crossing or best
        if best is None:
            best = surer(
                self._bare_road(parsed, districts, townships, notes), self._point(parsed, districts, townships)
            )
            best = best or self._by_kin(parsed, districts, notes)
            best = surer(best, self._by_a_spot(parsed, districts, townships, notes))
        return best or Match(None, notes=tuple(notes))

    def _hinted(
        self, before: str, districts: tuple[int, ...], townships: tuple[int, ...]
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return districts and townships, completed by an area named directly before the road."""
        if before and not townships:
            hint = self.gazetteer.names.hint(before)
            if hint is not None and hint[0] == "district":
                districts = districts or hint[1]
            elif hint is not None:
                townships = hint[1]
        return districts, townships

    def _run(
        self, key: str, districts: tuple[int, ...], townships: tuple[int, ...], number: int
    ) -> tuple[Run | None, str]:
        """Return which of the roads of a name is meant; None, and the id of a note, if none fits or several do."""
        runs = self.gazetteer.roads[key]
        if len(runs) == 1 and (not districts or not runs[0].districts.isdisjoint(districts)):
            return runs[0], ""
        if districts:
            inside = [run for run in runs if not run.districts.isdisjoint(districts)]
            runs = inside or [run for run in runs if any(self._is_beside(run, d) for d in districts)]
            if not runs:
                return None, "road_elsewhere"
        if len(runs) > 1 and townships:
            runs = [run for run in runs if not run.townships.isdisjoint(townships)] or runs
        if len(runs) > 1:
            spanned = [run for run in runs if _spans(run, number)]
            runs = spanned or runs
        if len(runs) > 1 and runs[1].weight > 0.25 * runs[0].weight:
            return (None, "several_roads") if not districts else (runs[0], "")
        return runs[0], ""

    def _is_beside(self, run: Run, district: int) -> bool:
        """Return whether a road lies within 400 m of a district."""
        key = (id(run), district)
        if key not in self._beside:
            numbers = run.by_district.get(-1)
            shapes = [piece.line for piece in run.lines.get(-1, ())]
            if numbers:
                shapes.append(shapely.MultiPoint(np.column_stack([numbers.x, numbers.y])))
            near = shapely.dwithin(self._districts[district], np.array(shapes, dtype=object), _BESIDE_M)
            self._beside[key] = bool(near.any())
        return self._beside[key]

    def _numbered(self, run: Run, districts: tuple[int, ...], number: int, is_lane: bool) -> Spot:
        """Return where a number lies on a road: by the numbers of its district, by all numbers, or by its line."""
        whole = run.by_district.get(-1)
        found: Spot | None = None
        for district in districts if run.by_district else ():
            own = run.by_district.get(district)
            one = own.locate(number, is_lane) if own else None
            if one is not None and (found is None or one.error_m < found.error_m):
                found = one
        other = whole.locate(number, is_lane) if whole is not None else None
        if other is not None and (found is None or (other.how != "beyond" and other.error_m < found.error_m)):
            found = other
        if found is None or found.how == "beyond" or (found.how == "between" and found.error_m > _GAP_M):
            found = self._on_line(run, number, found)
        return found or self._middle(run, districts)

    def _middle(self, run: Run, districts: tuple[int, ...]) -> Spot:
        """Return the middle of a road, within the first of the districts it lies in."""
        district = next((d for d in districts if d in run.districts), -1)
        key = (id(run), district)
        if key not in self._middles:
            self._middles[key] = run.middle_of(district)
        return self._middles[key]

    def _on_line(self, run: Run, number: int, found: Spot | None) -> Spot | None:
        """Return the position by the line of the road if its estimated error is less, else `found`."""
        if found is not None and found.how == "between" and len(run.by_district[-1]) > _FEW_NUMBERS:
            return found
        track = self._track(run)
        if track is None:
            return found
        spot = track[0].spot(number, run.by_district.get(-1), self._directions, track[1])
        if spot is None or (found is not None and found.error_m <= spot.error_m):
            return found
        return spot

    def _track(self, run: Run) -> tuple[Track, bool] | None:
        """Return the track of a road, and whether only a part of its line is known; None without a line."""
        key = id(run)
        if key not in self._tracks:
            line = run.line(-1)
            self._tracks[key] = None if line is None else (self._whole(run, *line), line[1])
        return self._tracks[key]

    def _whole(self, run: Run, line: shapely.Geometry, partial: bool) -> Track:
        """Return the track of a line, extended to the crossings at its ends if it is known as a whole."""
        if partial:
            return Track(line, (True, True))
        if self._ends is None:
            runs = (run for runs in self.gazetteer.roads.values() for run in runs)
            self._ends = Ends((id(run), piece.line) for run in runs for piece in run.lines.get(-1, ()))
        return self._ends.reached(Track(line), id(run))

    def _crossing(
        self, parsed: Parsed, districts: tuple[int, ...], townships: tuple[int, ...], best: Match | None
    ) -> Match | None:
        """Return the crossing of two roads that an address names; None if it is not near the position so far."""
        known: list[str] = [best.key] if best is not None and best.key else []
        for text in _texts(parsed):
            for name in road_names(text):
                found = self.gazetteer.known_road(name)
                if found is not None and found[0] not in known:
                    known.append(found[0])
        for second in known[1:]:
            places = self.gazetteer.crossing(known[0], second)
            places = [place for place in places if self._lies_in(place, districts)]
            if best is not None and best.spot is not None:
                spot = best.spot
                reach = max(3 * spot.error_m, 500.0)
                places = [p for p in places if math.hypot(p[0] - spot.x, p[1] - spot.y) <= reach]
            if len(places) == 1:
                error = _CROSSING_ERROR_M if best is None else _UNSURE_M
                return Match(Spot(*places[0], error, "crossing"), "crossing", f"{known[0]} × {second}")
        return None

    def _lies_in(self, place: tuple[float, float], districts: tuple[int, ...]) -> bool:
        """Return whether a position lies within 400 m of one of the districts; True if there are none."""
        point = shapely.Point(place)
        return not districts or any(bool(shapely.dwithin(self._districts[d], point, _BESIDE_M)) for d in districts)

    def _bare_road(
        self,
        parsed: Parsed,
        districts: tuple[int, ...],
        townships: tuple[int, ...],
        notes: list[tuple[str, str]],
    ) -> Match | None:
        """Return the middle of the first known road that an address names without a number."""
        for text in _texts(parsed):
            for name in road_names(text):
                found = self.gazetteer.known_road(name)
                if found is None:
                    continue
                own, near = self._hinted(found[1], districts, townships)
                run, trouble = self._run(found[0], own, near, -1)
                if run is None:
                    notes.append((trouble, found[0]))
                    continue
                spot = self._middle(run, own)
                if not self._is_near(spot, spot.error_m, near):
                    notes.append(("road_elsewhere", found[0]))
                    continue
                return Match(spot, "road", found[0], tuple(notes))
        return None

    def _point(self, parsed: Parsed, districts: tuple[int, ...], townships: tuple[int, ...]) -> Match | None:
        """Return the named point that an address mentions: the longest name that stands for one place."""
        # An area of several districts, as a free-trade zone, may be a place itself.
        head = (parsed.head.named,) if len(parsed.head.districts) > 1 else ()
        for text in (*_texts(parsed), *head):
            key = folded_key(text)
            for name in self.gazetteer.named_in(key):
                places = self.gazetteer.points[name]
                fitting = [p for p in places if not districts or p.district in districts or p.district < 0]
                p = one_place(fitting)
                if p is not None and self._is_near(p, p.accuracy_m, townships):
                    how = "poi"
                    if p.place < 0 and name.endswith(ROADS):
                        how = "road"
                    elif p.place < 0 and is_settlement(name):
                        how = "settlement" if key == name else "within"
                    return Match(Spot(p.x, p.y, p.accuracy_m / 2, how), _LEVELS[how], name, place=p.place)
        return None

    def _is_near(self, place: NamedPoint | Spot, off_m: float, townships: tuple[int, ...]) -> bool:
        """Return whether a position may lie in one of the stated townships; if not, it is that of a namesake."""
        if not townships:
            return True
        at, reach_m = shapely.Point(place.x, place.y), max(_NEAR_TOWNSHIP_M, off_m)
        return any(bool(shapely.dwithin(self._townships[t], at, reach_m)) for t in townships)

    def _by_a_name(
        self, parsed: Parsed, districts: tuple[int, ...], townships: tuple[int, ...], best: Match, number: int
    ) -> Match:
        """Return a better position for a house number with a large error, if one agrees with it; else `best`.

        A place of the layout that the address names is preferred to a building with a similar number on the road.
        """
        if parsed.aside or _NAME_AFTER.search(parsed.main, parsed.main.find(str(number))):
            point = self._point(parsed, districts, townships)
            if point is not None and agree(point, best):
                best = surer(point, best) or best
                if best.place >= 0:
                    return best
        if best.key not in self.gazetteer.houses:
            return best
        house = self._near(best.key, number, districts, best.notes, is_known=True)
        return (surer(best, house) or best) if house is not None and agree(house, best) else best

    def _by_a_spot(
        self,
        parsed: Parsed,
        districts: tuple[int, ...],
        townships: tuple[int, ...],
        notes: Sequence[tuple[str, str]],
    ) -> Match | None:
        """Return a station or building on the first road of the address that has one, or a station of its name."""
        for one in parsed.numbered:
            key = self.gazetteer.ending(one.name, self._beside_roads().roads)
            if key is not None:
                own, _ = self._hinted(one.name[: len(one.name) - len(key)], districts, townships)
                if (near := self._near(key, one.number, own, notes)) is not None:
                    return near
        area = self._beside_roads().around(folded_key(parsed.main), districts)
        if area is None:
            return None
        return Match(Spot(area.x, area.y, area.error_m, "beside"), _LEVELS["beside"], notes=(("around", area.name),))

    def _beside_roads(self) -> Beside:
        if self._spots is None:
            self._spots = Beside(self.gazetteer.points, self.gazetteer.houses)
        return self._spots

    def _near(
        self,
        key: str,
        number: int,
        districts: tuple[int, ...],
        notes: Sequence[tuple[str, str]],
        is_known: bool = False,
    ) -> Match | None:
        """Return a station or building on a road as a result; None if there is none."""
        near = self._beside_roads().near(key, number, districts, is_known)
        if near is None:
            return None
        told = (*notes, ("beside", near.name))
        return Match(Spot(near.x, near.y, near.error_m, "beside"), _LEVELS["beside"], key, told)

    def _by_kin(self, parsed: Parsed, districts: tuple[int, ...], notes: list[tuple[str, str]]) -> Match | None:
        """Return the likely position of the first name of the address that has a known family."""
        if self._kin is None:
            self._kin = Kin(self.gazetteer.points, self.gazetteer.roads)
        for name in [one.name for one in parsed.numbered] or [parsed.main]:
            key = folded_key(boundary_cut(name))
            near = self._kin.near(key, districts)
            if near is not None:
                told = ("kin", ", ".join(near.names[:_KIN_NAMED]))
                return Match(Spot(near.x, near.y, near.error_m, "kin"), _LEVELS["kin"], key, (*notes, told))
        return None


def _texts(parsed: Parsed) -> tuple[str, ...]:
    """Return the parts of an address in which names are searched."""
    return (parsed.main, parsed.aside) if parsed.aside else (parsed.main,)


def _names_two_roads(parsed: Parsed) -> bool:
    """Return whether an address names more than one road."""
    text = parsed.main + parsed.aside
    return text.count("路") + text.count("街") + text.count("大道") > 1


def _spans(run: Run, number: int) -> bool:
    """Return whether a number lies between known numbers of a road."""
    numbers = run.by_district.get(-1)
    return bool(numbers) and numbers is not None and numbers.number[0] <= number <= numbers.number[-1]


def unknown_name(parsed: Parsed) -> str:
    """Return the road or estate that an address names and the gazetteer does not have, "" if none."""
    for one in parsed.numbered:
        return boundary_cut(one.name)
    return next(iter(road_names(parsed.main)), "")
