"""The twelve tasks of ``docs/tasks.md`` in Chromium: its steps are taken, the answers checked against the data."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
import pytest
from app_driver import AppPage, picture
from playwright.sync_api import Locator, expect

from geo.atlas.atlas import Atlas
from geo.base.messages import text

DOCUMENT = Path(__file__).parents[2] / "docs" / "tasks.md"


@dataclass(frozen=True)
class Task:
    """One task of the document: its number, the language it is done in, its steps as (what is done, to what)."""

    number: int
    language: str
    steps: tuple[tuple[str, str], ...]


def tasks() -> tuple[Task, ...]:
    """Return the tasks as the document has them; a heading that begins in Chinese is done on Chinese pages."""
    found = []
    for part in re.split(r"^## ", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        number, title = part.split("\n", 1)[0].split(" ", 1)
        steps = tuple(re.findall(r"^\d+\. (\w+) `([^`]+)`$", part, re.MULTILINE))
        assert len(steps) == len(re.findall(r"^\d+\. ", part, re.MULTILINE)), f"a step of task {number} cannot be read"
        found.append(Task(int(number), "zh" if re.search("[一-鿿]", title.split(" ")[0]) else "en", steps))
    return tuple(found)


TASKS = tasks()


class Walk:
    """The steps of a task, as a person takes them."""

    def __init__(self, app: AppPage, atlas: Atlas, folder: Path, language: str) -> None:
        self.app, self.page, self.atlas, self.folder = app, app.page, atlas, folder
        self.language = language
        self.say = partial(text, language=language)
        self.saved = folder

    def open(self) -> None:
        """Open the first page."""
        self.app.open(f"/?lang={self.language}")
        self.page.wait_for_selector(".geo-footer")
        self.app.settle()

    def take(self, do: str, what: str) -> None:
        """Take a step and wait until the app has answered it."""
        getattr(self, f"_{do}")(what)
        self.app.settle()

    def rows(self, table: str) -> Locator:
        """Return the rows of a table by its class, headings of groups not counted."""
        return self.page.locator(f"{table} tbody tr:not(.geo-group)")

    def frame(self, **options: Any) -> pd.DataFrame:
        """Return the file that was saved, as a frame."""
        return pd.read_csv(self.saved, encoding="utf-8-sig", **options)

    def _map(self, what: str) -> None:
        frame = next(frame for frame in self.page.frames if "map.frame" in frame.url)
        self.app.do(frame.locator(f".geo-label:text-is({what!r})").click)

    def _menu(self, what: str) -> None:
        before = self.page.url
        self.page.get_by_role("link", name=what, exact=True).first.click()
        self.page.wait_for_url(lambda url: url != before)

    def _search(self, what: str) -> None:
        self.page.get_by_role("combobox", name=self.say("search.label")).fill(what)
        self.page.wait_for_selector(".geo-find-list:not([hidden]) li")

    def _hit(self, what: str) -> None:
        hit = self.page.locator(".geo-find-list a", has=self.page.locator(f"b:text-is({what!r})")).first
        self.app.do(hit.click)

    def _press(self, what: str) -> None:
        pressed = self.page.locator("button, summary, label").filter(has_text=re.compile(f"^{re.escape(what)}")).first
        is_choice = pressed.locator("xpath=ancestor::*[@data-testid='stButtonGroup']").count() > 0
        before = self.page.url
        pressed.click()
        if is_choice:  # the app has not begun to answer yet: what it shows then stands in the address
            self.page.wait_for_url(lambda url: url != before)

    def _source(self, what: str) -> None:
        figure = self.page.locator(".geo-measure", has=self.page.locator(f"dt:has-text({what!r})"))
        figure.locator(".geo-fact.headline .geo-cite summary").first.click()

    def _follow(self, what: str) -> None:
        before = self.page.url
        self.page.get_by_role("link", name=what, exact=True).first.click()
        self.page.wait_for_url(lambda url: url != before)

    def _pick(self, what: str) -> None:
        self.page.locator(".stMain .stMultiSelect input").first.fill(what)
        self.page.get_by_role("option").filter(has_text=re.compile(rf"^{re.escape(what)} ")).first.click()
        self.page.keyboard.press("Escape")  # the list stays open for more
        self.page.locator(".stMultiSelect [data-tag]").filter(has_text=what).first.wait_for()

    def _file(self, what: str) -> None:
        points = self.atlas.districts.geometry.representative_point()
        frame = pd.DataFrame({"名称": points.index, "经度": points.x.round(6), "纬度": points.y.round(6)})
        frame.to_csv(self.folder / what, index=False)
        self.page.set_input_files("input[type=file]", self.folder / what)
        self.page.wait_for_selector(f".stMain summary:has-text({what!r})")

    def _save(self, what: str) -> None:
        button = self.page.locator("button").filter(has_text=re.compile(f"{re.escape(what)}$")).first
        with self.page.expect_download() as made:
            button.click()
        self.saved = self.folder / made.value.suggested_filename
        made.value.save_as(self.saved)


def _headline(atlas: Atlas, place_id: str, measure_id: str) -> Any:
    facts = atlas.table("facts")
    return facts[(facts["place_id"] == place_id) & (facts["measure_id"] == measure_id) & facts["headline"]].iloc[0]


def where_how_big_says_who(walk: Walk) -> None:
    fact = _headline(walk.atlas, "maqiao", "area_official_km2")
    expect(walk.page.locator("#geo-place h2")).to_have_text(walk.atlas.place_rows["maqiao"]["name_zh"])
    expect(walk.page.locator(".geo-fact.headline").first).to_contain_text(f"{fact['value']:g} 平方公里")
    cited = walk.page.locator(".geo-cite[open]")
    expect(cited).to_have_count(1)
    expect(cited).to_be_in_viewport()
    expect(cited).to_contain_text(walk.atlas.rows("sources")[fact["source_id"]]["title"])
    expect(cited).to_contain_text(fact["quote"])


def what_is_there(walk: Walk) -> None:
    expect(walk.page.locator("#geo-place h2")).to_have_text("Zhangjiang Science City")
    named = walk.atlas.institutions["place_id"] == "zhangjiang"
    for name in walk.atlas.institutions.loc[named, "name_en"]:
        expect(walk.page.locator(".stMain")).to_contain_text(name)
    assert walk.page.locator("#geo-facts .geo-cite").count() > 0


def compared(walk: Walk) -> None:
    for place_id in ("zhangjiang", "lingang"):
        area = walk.atlas.places.at[place_id, "area_km2"]
        expect(walk.page.locator(".stMain")).to_contain_text(f"{area:.3f}")
    assert walk.page.locator(".geo-why-not").count() > 0


def in_a_report(walk: Walk) -> None:
    report = walk.saved.read_text(encoding="utf-8")
    fact = _headline(walk.atlas, "maqiao", "area_official_km2")
    assert 'id="p-maqiao"' in report
    assert walk.atlas.rows("sources")[fact["source_id"]]["title"] in report
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=.https?:", report)


def firms_of_the_cluster(walk: Walk) -> None:
    table = walk.atlas.table("institution_clusters")
    belong = set(table.loc[table["cluster_id"] == "ai_chips_sensors", "institution_id"])
    assert set(walk.frame()["institution_id"]) == belong
    expect(walk.rows(".geo-firms-table")).to_have_count(len(belong))


def then_and_now(walk: Walk) -> None:
    named = walk.atlas.table("edition_places").merge(walk.atlas.table("editions")[["edition_id", "month"]])
    named = named[named["place_id"].isin(walk.atlas.layout.index)]
    year = named["month"].str[:4].astype(int)
    then, now = (set(named.loc[year <= last, "place_id"]) for last in (2017, 2025))
    said = walk.say("changed.answer", first=2017, last=2025, then=len(then), now=len(now), new=len(now - then))
    expect(walk.page.locator(".geo-answer")).to_contain_text(said)
    about = walk.atlas.measures.reset_index()[["measure_id", "topic", "target_due"]]
    facts = walk.atlas.table("facts").merge(about[about["target_due"].isna() & ~about["topic"].isin(["area", "date"])])
    facts["year"] = pd.to_numeric(facts["as_of"].str[:4], errors="coerce")
    groups = facts.groupby(["place_id", "measure_id", "scope"], dropna=False)["year"]
    both = groups.agg(lambda own: own.between(2015, 2019).any() and own.between(2023, 2027).any())
    assert walk.rows(".geo-changed-table").count() == both.sum() > 0


def where_to_settle(walk: Walk) -> None:
    derived = walk.atlas.table("derived")
    station = derived[derived["measure_id"] == "nearest_station_m"].set_index("place_id")["value"]
    order = walk.frame()
    fits = order[order["state"] == "fits"]
    # How far it is from what is only schematic, nobody knows.
    surely = walk.atlas.layout.index[walk.atlas.layout["method"] != "schematic"]
    assert set(fits["place_id"]) == set(station.index[station <= 1500]) & set(surely)
    assert fits["score"].is_monotonic_decreasing
    assert fits["rank"].is_monotonic_increasing
    first = walk.atlas.name(fits["place_id"].iloc[0], "en", short=True)
    expect(walk.page.locator(".geo-answer b").first).to_contain_text(first)


def missed(walk: Walk) -> None:
    rows = walk.rows(".geo-promises-table")
    expect(rows.locator(".geo-verdict:not(.missed)")).to_have_count(0)
    assert rows.count() == walk.page.locator(".geo-verdict.missed").count() > 0


def own_table(walk: Walk) -> None:
    joined = walk.frame()
    assert list(joined["district_id"]) == list(joined["名称"]) == list(walk.atlas.districts.index)
    expect(walk.page.locator(".geo-tally div").first).to_contain_text(str(len(joined)))


def in_qgis(walk: Walk) -> None:
    with sqlite3.connect(walk.saved) as package:
        kinds = [row[0] for row in package.execute("SELECT table_name FROM gpkg_contents WHERE data_type='features'")]
        places: set[str] = set()
        for kind in set(kinds) & set(walk.atlas.layout["kind"]):
            places |= {one for (one,) in package.execute(f'SELECT place_id FROM "{kind}"')}
        styles = package.execute("SELECT count(*) FROM layer_styles").fetchone()[0]
    assert places == set(walk.atlas.layout.index)
    assert styles > 0


def by_pinyin(walk: Walk) -> None:
    expect(walk.page.locator("#geo-place h2")).to_have_text(walk.atlas.place_rows["zhangjiang"]["name_en"])
    assert "place=zhangjiang" in walk.page.url


def stale_and_unknown(walk: Walk) -> None:
    table = walk.page.get_by_role("region", name=walk.say("news.not_found"), exact=True)
    expect(table.locator("tbody tr")).to_have_count(len(walk.atlas.table("searched")))
    expect(walk.page.locator(".stMain")).to_contain_text(walk.say("news.stale"))


#: Number of the task → how its answer is checked.
ANSWERS: dict[int, Callable[[Walk], None]] = {
    1: where_how_big_says_who,
    2: what_is_there,
    3: compared,
    4: in_a_report,
    5: firms_of_the_cluster,
    6: then_and_now,
    7: where_to_settle,
    8: missed,
    9: own_table,
    10: in_qgis,
    11: by_pinyin,
    12: stale_and_unknown,
}

#: Number of the task → the picture of the README that its last step makes.
PICTURES = {1: "map-zh.png", 11: "map-en.png"}


def test_twelve_tasks_take_four_steps_at_most_in_the_middle() -> None:
    assert [task.number for task in TASKS] == list(ANSWERS)
    assert {task.language for task in TASKS} == {"zh", "en"}
    assert all(task.steps for task in TASKS)
    assert median(len(task.steps) for task in TASKS) <= 4


@pytest.mark.parametrize("task", TASKS, ids=lambda task: str(task.number))
def test_the_steps_lead_to_the_answer(app: AppPage, atlas: Atlas, tmp_path: Path, task: Task) -> None:
    walk = Walk(app, atlas, tmp_path, task.language)
    walk.open()
    for do, what in task.steps:
        walk.take(do, what)
    if task.number in PICTURES:
        picture(app, PICTURES[task.number])
    ANSWERS[task.number](walk)
