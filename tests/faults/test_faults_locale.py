"""Clock and locale set to odd values: the same bytes, readable output, no file under another name."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import faulty
import pytest
import tiny_city

from bench.serving import PATIENCE_S
from geo.atlas.atlas import Atlas

#: Builds, exports every format, reports and joins, and prints the hash of everything that was written.
EVERYTHING = """
import contextlib, hashlib, io, json, locale, pathlib, sys
import faulty
from geo.cli.main import main
with contextlib.suppress(locale.Error):
    locale.setlocale(locale.LC_ALL, "")  # as an application that embeds the library may do
folder, seeds = pathlib.Path(sys.argv[1]), sys.argv[2]
folder.mkdir()
table, layers = faulty.points(folder), folder / "layers"
with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
    codes = [main(["build", "--seeds", seeds, "--layers", str(layers)])]
    for words in (["export", "all.zip"], ["report", "a.html"], ["report", "a.pdf"]):
        codes.append(main([words[0], str(folder / words[1]), "--layers", str(layers)]))
    for ending in (".csv", ".parquet", ".xlsx"):
        words = ["--datum", "wgs84", "--layers", str(layers), "--set-aside", str(folder / f"aside{ending}.csv")]
        codes.append(main(["assign", str(table), "-o", str(folder / f"joined{ending}"), *words]))
found = {name: hashlib.sha256(content).hexdigest() for name, content in faulty.standing(folder).items()}
print(json.dumps({"codes": codes, "found": found, "point": locale.localeconv()["decimal_point"]}))
"""


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the locales that a machine may lack; where they cannot be made, the system takes C for them."""
    folder = tmp_path_factory.mktemp("locales")
    for name, encoding in (("tr_TR", "UTF-8"), ("de_DE", "UTF-8"), ("tr_TR", "ISO-8859-9")):
        words = ["localedef", "-i", name, "-f", encoding, str(folder / f"{name}.{encoding}")]
        try:
            subprocess.run(words, capture_output=True, timeout=PATIENCE_S, check=False)
        except OSError:  # no such program
            break
    return folder


def test_the_same_bytes_under_any_clock_and_locale(locales: Path, tmp_path: Path) -> None:
    """The two time zones are 26 hours apart: never the same local date."""
    seeds = tiny_city.write(tmp_path / "seeds")
    mixed = {
        "LC_CTYPE": "tr_TR.UTF-8",
        "LC_NUMERIC": "de_DE.UTF-8",
        "LC_TIME": "de_DE.UTF-8",
        "LC_COLLATE": "tr_TR.UTF-8",
    }
    none = {"LC_ALL": "POSIX", "TZ": "Etc/GMT+12", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LANG": "C"}
    odd = {"mixed": mixed | {"TZ": "Pacific/Kiritimati", "SOURCE_DATE_EPOCH": "0"}, "none": none}
    for seed, environment in enumerate(odd.values()):  # of sets, whose order differs from one process to the next
        environment["PYTHONHASHSEED"] = str(1 + 3 * seed)
    told = {}
    for name, environment in odd.items():
        environment |= {"LOCPATH": str(locales)}
        told[name] = faulty.answer(faulty.python(EVERYTHING, tmp_path / name, seeds, env=environment))
    assert all(one["codes"] == [0] * 7 for one in told.values())
    assert len(told["none"]["found"]) > 30
    found = {name: one["found"] for name, one in told.items()}
    assert [name for name, digest in found["none"].items() if found["mixed"].get(name) != digest] == []


def test_layers_do_not_depend_on_a_time_zone_that_is_none(tiny: Atlas, tmp_path: Path) -> None:
    seeds = tiny_city.write(tmp_path / "seeds")
    done = faulty.geo(
        "build", "--seeds", seeds, "--layers", tmp_path / "layers", env={"TZ": "no/such:zone", "LANG": ""}
    )
    assert done.returncode == 0, done.stderr
    assert faulty.standing(tmp_path / "layers") == faulty.standing(tiny.folder)


@pytest.mark.parametrize(
    ("environment", "encoding"),
    [
        ({"LC_ALL": "C", "PYTHONUTF8": "0"}, "utf-8"),
        ({"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}, "ascii"),
        ({"LANG": "zh_CN.GBK", "PYTHONIOENCODING": "gbk"}, "gbk"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_chinese_is_printed_or_escaped_never_an_error(environment: dict[str, str], encoding: str, tiny: Atlas) -> None:
    done = faulty.geo("places", "--layers", tiny.folder, env=environment)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    said = done.stdout.decode(encoding)
    assert (r"\u7532\u5e26" if encoding == "ascii" else "甲带") in said


@pytest.mark.parametrize("locale", ["C", "tr_TR.ISO-8859-9"])
def test_files_with_chinese_names_in_a_locale_without_chinese(
    locale: str, locales: Path, tiny: Atlas, tmp_path: Path
) -> None:
    """Python, GDAL and Arrow would each write another name, were the program not started again in UTF-8."""
    faulty.points(tmp_path).rename(tmp_path / "企业.csv")
    (tmp_path / "小城").symlink_to(tiny.folder, target_is_directory=True)
    environment = {"LC_ALL": locale, "PYTHONUTF8": "0", "LOCPATH": str(locales)}
    for words in (
        ["export", tmp_path / "图层.gpkg"],
        [
            "assign",
            tmp_path / "企业.csv",
            "-o",
            tmp_path / "结果.parquet",
            "--report",
            tmp_path / "报告.json",
            "--datum",
            "wgs84",
        ],
    ):
        done = faulty.geo(*words, "--layers", tmp_path / "小城", env=environment)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        assert b"ERROR" not in done.stderr
    names = {"企业.csv", "小城", "图层.gpkg", "结果.parquet", "报告.json"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert json.loads((tmp_path / "报告.json").read_bytes())["input"].endswith("企业.csv")
