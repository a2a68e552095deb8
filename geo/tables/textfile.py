"""Reader of CSV, TSV and other delimited text: delimiter, header, and rows as a stream; all columns are text."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from geo.base.told import told
from geo.errors import DataError, UsageError
from geo.tables.encoding import TextFile
from geo.tables.header import Header, find_header, unique_names
from geo.tables.limits import Limits, size_text
from geo.tables.notes import Note, note
from geo.tables.source import BadRow, Chunk, SourceInfo

__all__ = ["CsvSource"]

_SAMPLE_BYTES = 1 << 18
_SAMPLE_ROWS = 500
_DELIMITERS = (",", "\t", ";", "|")
#: A file is refused from this many rows on that do not fit the header, if they are most of the rows so far: each takes
#: ten times as long as one that fits.
_MOST_BAD = 100_000


class CsvSource:
    """A delimited text file that is already UTF-8.

    All columns are text, whatever they look like: a code keeps its zeros, a number its decimals. An empty cell is null.

    Raises
    ------
    DataError
        If the file has no rows, too many columns, or a header that does not fit its rows.
    UsageError
        If `delimiter`, `quote` or `header` is not possible.
    """

    rows: int | None = None

    def __init__(
        self,
        text: TextFile,
        name: str,
        limits: Limits,
        *,
        delimiter: str | None = None,
        quote: str | None = None,
        header: int | None = None,
        tabs_first: bool = False,
    ) -> None:
        for option, value, least in (("delimiter", delimiter, 1), ("quote", quote, 0)):
            if value is not None and not (least <= len(value) <= 1 and value.isascii() and value not in ("\r", "\n")):
                raise told(UsageError, "refused.one_character", option=option, value=value)
        self._text, self._name, self._limits = text, name, limits
        self._quote = '"' if quote is None else quote
        sample, whole = _sample(text, limits, name)
        start = 0
        first = sample.split("\n", 1)[0].rstrip("\r")
        if first.lower().startswith("sep=") and len(first) == 5:
            delimiter = delimiter or first[4]
            start = len(sample.split("\n", 1)[0]) + 1
        body = sample[start:]
        self._delimiter = delimiter or _sniff(body, self._quote, tabs_first)
        rows, ends = _rows(body, self._delimiter, self._quote)
        if not whole and len(rows) > 1:
            rows, ends = rows[:-1], ends[:-1]
        if not rows:
            raise told(DataError, "refused.no_rows", name=name)
        found = find_header(rows, header, name)
        names, renamed, warnings = _fit(found, rows, name)
        limits.check_columns(len(names), name)
        self._names = names
        self._start = text.start + len((sample[:start] + body[: ends[found.row - 1] if found.row else 0]).encode())
        self.schema = pa.schema([(column, pa.string()) for column in names])
        self.info = SourceInfo(
            format="csv",
            encoding=text.encoding,
            encoding_rule=text.rule,
            delimiter=self._delimiter,
            header_row=found.row,
            header_rule=found.rule,
            renamed=renamed,
            above=max(found.first - 1, 0),
            quoted=text.quotes and bool(self._quote),
            warnings=warnings,
        )

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows; blocks of `Limits.row_bytes` are held in memory."""
        bad: list[BadRow] = []

        count = 0

        def keep(row: pacsv.InvalidRow) -> str:
            nonlocal count
            count += 1
            if count > _MOST_BAD and 2 * count > row.number:
                return "error"
            bad.append(BadRow(row.number, row.text))
            return "skip"

        try:
            with pa.OSFile(str(self._text.path)) as file:
                file.seek(self._start)
                if file.tell() == file.size():
                    return
                reader = pacsv.open_csv(
                    file,
                    read_options=pacsv.ReadOptions(
                        use_threads=False, block_size=self._limits.row_bytes, column_names=list(self._names)
                    ),
                    parse_options=pacsv.ParseOptions(
                        delimiter=self._delimiter,
                        quote_char=self._quote or False,
                        newlines_in_values=self._text.quotes and bool(self._quote),
                        ignore_empty_lines=len(self._names) > 1,
                        invalid_row_handler=keep,
                    ),
                    convert_options=pacsv.ConvertOptions(
                        check_utf8=False,
                        column_types=self.schema,
                        strings_can_be_null=True,
                        quoted_strings_can_be_null=True,
                        null_values=[""],
                    ),
                )
                for batch in reader:
                    met, bad[:] = tuple(bad), []
                    yield Chunk(batch, met)
        except pa.ArrowInvalid as error:
            if count > _MOST_BAD:
                raise told(
                    DataError, "refused.rows_unfit", name=self._name, most=_MOST_BAD, fields=len(self._names)
                ) from None
            raise self._explained(str(error)) from None
        if bad:
            yield Chunk(pa.RecordBatch.from_pylist([], schema=self.schema), tuple(bad))

    def _explained(self, problem: str) -> DataError:
        """Return the error for a problem that Arrow's CSV reader found."""
        if "straddling" in problem or "too large" in problem or "cannot be in" in problem:
            return told(DataError, "refused.row_long", name=self._name, most=size_text(self._limits.row_bytes))
        return told(DataError, "refused.rows_text", name=self._name, delimiter=self._delimiter, why=problem)


def _sample(text: TextFile, limits: Limits, name: str) -> tuple[str, bool]:
    """Return the beginning of the file, cut at the end of a line, and whether that is the whole file."""
    size = _SAMPLE_BYTES
    while True:
        with Path(text.path).open("rb") as file:
            file.seek(text.start)
            data = file.read(size)
            whole = not file.read(1)
        cut = len(data) if whole else max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        if cut or whole:
            return data[:cut].decode("utf-8"), whole
        if size >= limits.row_bytes:
            raise told(DataError, "refused.first_line", name=name, size=size_text(size))
        size = min(size * 8, limits.row_bytes)


def _rows(sample: str, delimiter: str, quote: str) -> tuple[list[list[str]], list[int]]:
    """Split a sample into rows of cells, without blank lines; also return where each row ends."""
    lines = list(io.StringIO(sample, newline=""))
    style = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
    reader = csv.reader(iter(lines), delimiter=delimiter, **style)
    rows: list[list[str]] = []
    ends: list[int] = []
    position = done = 0
    try:
        for row in reader:
            position += sum(len(line) for line in lines[done : reader.line_num])
            done = reader.line_num
            if row:
                rows.append(row)
                ends.append(position)
            if len(rows) >= _SAMPLE_ROWS:
                break
    except csv.Error:  # a cell beyond the csv module's own limit: what came before is enough
        pass
    return rows, ends


def _sniff(sample: str, quote: str, tabs_first: bool) -> str:
    """Return the delimiter that splits most rows into the same number of fields, more than one."""
    best: tuple[tuple[bool, float, int], str] | None = None
    for delimiter in sorted(_DELIMITERS, key=lambda d: (d == "\t") != tabs_first):
        rows, _ = _rows(sample, delimiter, quote)
        if not rows:
            continue
        width, count = Counter(len(row) for row in rows).most_common(1)[0]
        if width < 2:
            continue
        score = (len(rows[0]) == width, round(count / len(rows), 1), width)
        if best is None or score > best[0]:
            best = score, delimiter
    return best[1] if best else ","


def _fit(
    header: Header, rows: list[list[str]], name: str
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...], list[Note]]:
    """Check that the header is as wide as the rows; if all rows end with one more empty field, add a name for it."""
    below = rows[header.row :]
    if not below:
        return header.names, header.renamed, []
    width, count = Counter(len(row) for row in below).most_common(1)[0]
    if width == len(header.names) or len(below) < 2 or count * 2 < len(below):
        return header.names, header.renamed, []
    if width == len(header.names) + 1 and not any(row[-1] for row in below if len(row) == width):
        names, renamed = unique_names([*header.names, ""])
        return names, (*header.renamed, *renamed), [note("extra_field", column=names[-1])]
    raise told(
        DataError,
        "refused.header_width",
        name=name,
        row=str(header.row),
        fields=len(header.names),
        width=str(width),
    )
