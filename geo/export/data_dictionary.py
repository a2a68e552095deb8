"""The data dictionary in 中文 and English, made from the contract of the tables and the measures of the atlas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from geo.atlas.atlas import Atlas
from geo.contract.carried import PLACE_LAYER, any_measure, carried_columns
from geo.contract.schema import Column, Table, tables
from geo.export.contents import rows_of

__all__ = ["HEAD", "dictionary_rows", "markdown"]

#: Columns of `dictionary_rows`.
HEAD = (
    "table",
    "column",
    "stage",
    "type",
    "required",
    "unit",
    "allowed",
    "references",
    "label_zh",
    "label_en",
    "definition_zh",
    "definition_en",
)

_MEASURE = "measure"

_INTRODUCTION = """# 数据字典 · Data dictionary

由 `geo/data/columns.csv` 生成（`make layers`），请勿手改。
Generated from `geo/data/columns.csv` by `make layers`; do not edit.

- **阶段 stage**：`seeds` 手工编辑，也原样发布；`layers` 由构建算出，只在 `layers/` 里有。
  `seeds` is edited by hand and published as it is; `layers` is computed by the build and is in `layers/` only.
- **类型 type**：`list` 以分号分隔；`period` 为年、年月或年月日，不详写 `unknown`；`colour` 为 `#RRGGBB`。
  `list` is separated by semicolons; `period` is year, month or day, or the word `unknown`; `colour` is `#RRGGBB`.
- 空单元格表示没有值，绝不表示零。坐标为 WGS 84，面积与长度为测地值。
  An empty cell is no value, never zero. Coordinates are WGS 84; areas and lengths are geodesic.
- 各指标的定义与单位是数据，见 `layers/tables/measures.csv`。
  Measures and their units are data: `layers/tables/measures.csv`.
"""

_COLUMN_HEAD = (
    "列 column",
    "名称 label",
    "类型 type",
    "单位 unit",
    "必填 required",
    "阶段 stage",
    "取值 allowed",
    "定义 definition",
)
_MEASURE_HEAD = ("指标 measure", "名称 label", "单位 unit", "出处 origin", "定义 definition", "口径提醒 caveat")


def dictionary_rows(atlas: Atlas) -> Iterator[list[str]]:
    """Yield one row per column of every table, then one per measure, with the columns of `HEAD`."""
    for name, contract in {**tables(), PLACE_LAYER: atlas.place_table}.items():
        for column in contract.columns:
            yield [
                name,
                column.name,
                column.stage,
                column.type,
                "yes" if column.required else "no",
                column.unit,
                "|".join(column.allowed),
                column.references,
                column.label_zh,
                column.label_en,
                column.definition_zh,
                column.definition_en,
            ]
    for row in rows_of(atlas.table("measures")):
        words = [row[name] for name in ("label_zh", "label_en", "definition_zh", "definition_en")]
        yield [_MEASURE, row["measure_id"], row["origin"], "number", "no", row["unit"], "", "", *words]


def markdown(atlas: Atlas | None = None) -> str:
    """Return the dictionary as Markdown.

    Parameters
    ----------
    atlas : Atlas, optional
        Adds its measures; without it the result depends on the contract only.
    """
    names = [*tables(), *([_MEASURE] if atlas is not None else [])]
    contents = " · ".join(f"[{name}](#{name})" for name in names)
    parts = [_INTRODUCTION, contents + "\n", *(_section(table) for table in tables().values())]
    if atlas is not None:
        parts.append(_grid(_MEASURE, _MEASURE_HEAD, (_measure(row) for row in rows_of(atlas.table("measures")))))
    return "\n".join(parts)


def _section(table: Table) -> str:
    carried = carried_columns(any_measure()) if table.name == PLACE_LAYER else ()
    return _grid(table.name, _COLUMN_HEAD, (_column(column, table.key) for column in (*table.columns, *carried)))


def _grid(title: str, head: Iterable[str], rows: Iterable[Iterable[str | None]]) -> str:
    heads = list(head)
    lines = [f"## {title}", "", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    lines += ["| " + " | ".join(_cell(words or "") for words in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _column(column: Column, key: tuple[str, ...]) -> tuple[str, ...]:
    allowed = ", ".join(f"`{value}`" for value in column.allowed)
    limits = [allowed, f"→ `{column.references}`" if column.references else ""]
    needed = "key" if column.name in key else "yes" if column.required else ""
    return (
        f"`{column.name}`",
        f"{column.label_zh} · {column.label_en}",
        column.type,
        column.unit,
        needed,
        column.stage,
        " ".join(part for part in limits if part),
        f"{column.definition_zh}<br>{column.definition_en}",
    )


def _measure(row: dict[str, str | None]) -> tuple[str | None, ...]:
    return (
        f"`{row['measure_id']}`",
        f"{row['label_zh']} · {row['label_en']}",
        row["unit"],
        row["origin"],
        f"{row['definition_zh']}<br>{row['definition_en']}",
        "<br>".join(words for words in (row["caveat_zh"], row["caveat_en"]) if words),
    )


def _cell(words: str) -> str:
    """Return text escaped for a cell of a Markdown table."""
    return " ".join(words.splitlines()).replace("|", "\\|")
