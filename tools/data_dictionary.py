"""Write docs/data-dictionary.md from the contract of the tables; ``--check`` only says whether it is up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from geo.schema import Column, Table, tables

TARGET = Path(__file__).parents[1] / "docs" / "data-dictionary.md"

HEAD = """# 数据字典 · Data dictionary

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


def cell(text: str) -> str:
    """Return text that may stand in a cell of a Markdown table."""
    return text.replace("|", "\\|")


def row(column: Column, key: tuple[str, ...]) -> str:
    """Return the line of one column."""
    allowed = ", ".join(f"`{value}`" for value in column.allowed)
    limits = [allowed, f"→ `{column.references}`" if column.references else ""]
    needed = "key" if column.name in key else "yes" if column.required else ""
    cells = (
        f"`{column.name}`",
        f"{column.label_zh} · {column.label_en}",
        column.type,
        column.unit,
        needed,
        column.stage,
        " ".join(part for part in limits if part),
        f"{column.definition_zh}<br>{column.definition_en}",
    )
    return "| " + " | ".join(cell(text) for text in cells) + " |"


def section(table: Table) -> str:
    """Return the section of one table."""
    heads = (
        "列 column",
        "名称 label",
        "类型 type",
        "单位 unit",
        "必填 required",
        "阶段 stage",
        "取值 allowed",
        "定义 definition",
    )
    lines = [f"## {table.name}", "", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    return "\n".join([*lines, *(row(column, table.key) for column in table.columns)]) + "\n"


def render() -> str:
    """Return the document."""
    contents = " · ".join(f"[{name}](#{name})" for name in tables())
    return "\n".join([HEAD, contents + "\n", *(section(table) for table in tables().values())])


def main() -> int:
    """Write the document, or check it."""
    if "--check" in sys.argv[1:]:
        fresh = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == render()
        if not fresh:
            print(f"{TARGET.name} is not what geo/data/columns.csv gives: run make layers", file=sys.stderr)
        return 0 if fresh else 1
    TARGET.write_text(render(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
