"""Write docs/benchmarks.md, and the measured blocks of README and docs, from what was kept."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from bench import Result, store

DOCUMENT = "docs/benchmarks.md"
DATA = "docs/benchmarks.json"
BLOCK = re.compile(r"(<!-- bench (zh|en): ([^>]*?) -->\n)(.*?)(<!-- /bench -->)", re.DOTALL)
UNMEASURED = {"zh": "尚未测量", "en": "not measured yet"}
HEADS = {
    "zh": ("测的是什么", "本项目", "对照", "本项目 ÷ 对照", "读作"),
    "en": ("what", "ours", "peer", "ours ÷ peer", "reads as"),
}
#: Ratios this near to one are noise.
SAME = 1.05

INTRODUCTION = """# 并排的数字 · Numbers side by side

`make bench` 写出本页。每一行是一项声明：本项目与对照（写明软件与版本、各自运行了什么）在同一台机器、
同一次运行中轮流测得。数字是中位数，括号里是最小、最大与次数。比对照差的照样列出，标为**差**并说明原因。
“下限”是什么也不做的页面或解释器。秒数因机器而异，比值变化小得多：请在自己的机器上运行。

`make bench` writes this page. Each row is a claim: ours and a peer (software and version named, and what each side
ran), taken in turn in one run on one machine. Numbers are medians; in brackets the least, the most and how many. What
is worse than a peer stands here too, marked **worse** and explained. A *floor* is a page or an interpreter that does
nothing. Seconds differ between machines, ratios much less: run it on yours.

[benchmarks.json](benchmarks.json): all measurements · [bench/](../bench/README.md): the scripts, and how they measure
"""


def number(value: float) -> str:
    """Write a number with three significant digits and no exponent."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    digits = max(0, 2 - _exponent(value))
    return f"{value:.{digits}f}"


def _exponent(value: float) -> int:
    return int(f"{value:.2e}".split("e")[1])


def middle(values: Sequence[float], unit: str, spread: bool = True) -> str:
    """Write the median with its unit and, if asked, least, most and how many."""
    text = f"{number(statistics.median(values))} {unit}".rstrip()
    if spread and len(values) > 1:
        text += f" ({number(min(values))}–{number(max(values))}; {len(values)})"
    return text


def ratio(result: Mapping[str, Any]) -> float | None:
    """Return the median of ours over the median of the peer's, if there is such a number."""
    if not result["peer"] or not statistics.median(result["peer"]):
        return None
    return statistics.median(result["ours"]) / statistics.median(result["peer"])


def verdict(claim: Mapping[str, str], found: float | None, language: str) -> str:
    """Say in a word whether ours is better and how many times, or how far it is from a floor that does nothing."""
    if found is None:
        return "–"
    if claim["against"] == "floor":
        return {"zh": f"下限的 {number(found)} 倍", "en": f"{number(found)} × the floor"}[language]
    if 1 / SAME <= found <= SAME:
        return {"zh": "相当", "en": "the same"}[language]
    times = f" {number(max(found, 1 / found))} ×" if found else ""
    if (found < 1) == (claim["better"] == "less"):
        return {"zh": "好", "en": "better"}[language] + times
    return {"zh": "**差", "en": "**worse"}[language] + f"{times}**"


def held(claim: Mapping[str, str], result: Mapping[str, Any]) -> bool | None:
    """Return whether the bar is held; None where no issue states one, or what it is about was not measured."""
    if not claim["bar"]:
        return None
    sign, limit = claim["bar"].split()
    value = ratio(result) if claim["bar_on"] == "ratio" else statistics.median(result["ours"])
    if value is None:
        return None
    return value <= float(limit) if sign == "≤" else value >= float(limit)


def peer_name(claim: Mapping[str, str], result: Mapping[str, Any] | None, language: str) -> str:
    """Return the peer's name with its versions."""
    text = claim[f"peer_{language}"]
    for name, version in (result or {}).get("versions", {}).items():
        text = text.replace("{" + name + "}", version)
    return re.sub(r" ?\{[^}]*\}", "", text)


def bar(claim: Mapping[str, str], result: Mapping[str, Any]) -> str:
    """Write the bar, where it stands and whether it is held."""
    if not claim["bar"]:
        return "–"
    unit = " ×" if claim["bar_on"] == "ratio" else f" {result['unit']}".rstrip()
    word = {True: "held", False: "**not held**", None: "not measured"}[held(claim, result)]
    return f"{claim['bar']}{unit} ({claim['bar_from']}): {word}"


def line(result: Result) -> str:
    """Write one result for the terminal."""
    claim = store.claims()[result.claim]
    kept = {"ours": list(result.ours), "peer": list(result.peer), "unit": result.unit}
    text = f"{claim['what_en']}: {middle(result.ours, result.unit)}"
    if result.peer:
        text += f" | {peer_name(claim, {'versions': result.versions}, 'en')}: {middle(result.peer, result.unit)}"
        text += f" | {verdict(claim, ratio(kept), 'en')}"
    text += f" | bar {bar(claim, kept)}" if claim["bar"] else ""
    return f"{text} | {result.note}" if result.note else text


def _results(kept: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {claim: result for part in kept.values() for claim, result in part["results"].items()}


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def table(ids: Iterable[str], kept: Mapping[str, Any], language: str) -> str:
    """Write the short table of a block: what, ours, peer, ratio, in one language."""
    claims, results = store.claims(), _results(kept)
    lines = [_row(HEADS[language]), "|---|---|---|---|---|"]
    for claim_id in ids:
        claim, result = claims[claim_id], results.get(claim_id)
        if result is None:
            lines.append(_row((claim[f"what_{language}"], UNMEASURED[language], "–", "–", "–")))
            continue
        peer = "–"
        if result["peer"]:
            peer = f"{middle(result['peer'], result['unit'], False)}, {peer_name(claim, result, language)}"
        found = ratio(result)
        cells = (
            claim[f"what_{language}"],
            middle(result["ours"], result["unit"], False),
            peer,
            "–" if found is None else number(found),
            verdict(claim, found, language),
        )
        lines.append(_row(cells))
    return "\n".join(lines) + "\n"


def chosen(patterns: str) -> list[str]:
    """Return the claim ids that the patterns of a block choose, in the order of claims.csv within each pattern."""
    ids = list(store.claims())
    found: list[str] = []
    for pattern in patterns.split():
        matching = [claim_id for claim_id in ids if fnmatchcase(claim_id, pattern)]
        if not matching:
            raise ValueError(f"no claim of bench/claims.csv matches {pattern!r}")
        found += [claim_id for claim_id in matching if claim_id not in found]
    return found


def fill(text: str, kept: Mapping[str, Any]) -> str:
    """Return a document with its measured blocks written anew."""
    return BLOCK.sub(lambda m: m[1] + table(chosen(m[3]), kept, m[2]) + m[5], text)


def document(kept: Mapping[str, Any]) -> str:
    """Return docs/benchmarks.md."""
    claims, results = store.claims(), _results(kept)
    lines = [INTRODUCTION]
    worse, beyond_bar = [], []
    for claim_id, claim in claims.items():
        result = results.get(claim_id)
        if result is None:
            continue
        word = verdict(claim, ratio(result), "en")
        if word.startswith("**"):
            word_zh = verdict(claim, ratio(result), "zh").strip("*")
            worse.append(f"- {claim['what_zh']} · {claim['what_en']}: {word_zh} · {word}. {claim['why']}".rstrip())
        if held(claim, result) is False:
            beyond_bar.append(
                f"- {claim['what_zh']} · {claim['what_en']}: {bar(claim, result)}. {claim['why']}".rstrip()
            )
    none = "无 · None." if results else f"{UNMEASURED['zh']} · {UNMEASURED['en']}"
    lines += ["## 比对照差的 · Worse than the peer\n", "\n".join(worse) or none, ""]
    lines += ["## 没有达到的线 · Bars not held\n", "\n".join(beyond_bar) or none, ""]
    for part in dict.fromkeys(claim_id.split(".")[0] for claim_id in claims):
        lines += _section(part, kept.get(part), claims)
    return "\n".join(lines).rstrip() + "\n"


def _section(part: str, kept: Mapping[str, Any] | None, claims: Mapping[str, Mapping[str, str]]) -> list[str]:
    script = f"bench/bench_{part}.py"
    lines = [f"## {part}\n", f"[{script}](../{script}), `python -m bench {part}`. "]
    if kept is None:
        lines[-1] += f"{UNMEASURED['zh']} · {UNMEASURED['en'].capitalize()}."
    else:
        about = kept["machine"]
        libraries = ", ".join(f"{name} {version}" for name, version in about["libraries"].items())
        broken = "" if kept["whole"] else ", **broke off**: rows with an older date are of an earlier run"
        lines[-1] += f"{kept['date']}, {kept['seconds']} s{broken}.\n"
        lines[-1] += f"{about['cores']} cores ({about['cpu']}), {about['memory_gb']} GB, {about['system']}, "
        lines[-1] += f"Python {about['python']}, {libraries}, {about['browser']}; before it began: {about['busy']}."
    lines += ["", _row(("what", "ours", "peer", "ours ÷ peer", "reads as", "bar", "what was run"))]
    lines.append("|---|---|---|---|---|---|---|")
    for claim_id, claim in claims.items():
        if claim_id.split(".")[0] != part:
            continue
        what = f'<a id="{claim_id}"></a>{claim["what_zh"]} · {claim["what_en"]}'
        result = kept["results"].get(claim_id) if kept else None
        if result is None:
            state = f"{UNMEASURED['zh']} · {UNMEASURED['en']}"
            lines.append(
                _row((what, state, peer_name(claim, None, "en") or "–", "–", "–", claim["bar"] or "–", claim["run"]))
            )
            continue
        ours = middle(result["ours"], result["unit"])
        ours += f"; {result['note']}" if result["note"] else ""
        ours += f" ({result['date']})" if kept and result["date"] != kept["date"] else ""
        peer = "–"
        if result["peer"]:
            peer = f"{middle(result['peer'], result['unit'])}: {peer_name(claim, result, 'en')}"
        found = ratio(result)
        reads = "–" if found is None else f"{verdict(claim, found, 'zh')} · {verdict(claim, found, 'en')}"
        cells = (what, ours, peer, "–" if found is None else number(found), reads, bar(claim, result), claim["run"])
        lines.append(_row(cells))
    return [*lines, ""]


def write(kept: Mapping[str, Any], root: Path) -> list[str]:
    """Write the document, its data and every block below a folder; return what was written."""
    contents = {DOCUMENT: document(kept)}
    for path in [root / "README.md", *sorted((root / "docs").glob("*.md"))]:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if (after := fill(before, kept)) != before:
            contents[path.relative_to(root).as_posix()] = after
    for name, text in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".md.part")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    store.write(root / DATA, kept)
    return [*contents, DATA]


def beyond(kept: Mapping[str, Any], parts: Iterable[str]) -> list[str]:
    """Return what lies beyond its bar in these parts, one line each."""
    claims = store.claims()
    return [
        f"{claims[claim_id]['what_en']}: {middle(result['ours'], result['unit'])}, bar {bar(claims[claim_id], result)}"
        for part in parts
        for claim_id, result in kept.get(part, {"results": {}})["results"].items()
        if held(claims[claim_id], result) is False
    ]
