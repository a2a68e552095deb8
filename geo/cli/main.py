"""Entry point of ``geo``: imports the module of the verb and reports errors in one format."""

from __future__ import annotations

import errno
import gc
import importlib
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TextIO

from geo.base.about import version
from geo.base.locale import use_ascii_letters
from geo.base.messages import LANGUAGES, printable, text
from geo.base.sealed import seal
from geo.cli.answers import filled
from geo.cli.help_words import Parser
from geo.errors import GeoError

__all__ = ["VERBS", "main"]

#: Each verb is a module of ``geo.cli`` with ``EXAMPLES``, ``arguments(parser)`` and ``run(args) -> int``; one that
#: writes files also has ``paths(args) -> geo.base.paths.Paths``. The catalogue explains the verb and its options:
#: `geo.cli.help_words`.
VERBS = (
    *("new", "basemap", "build", "places", "export", "assign", "geocode", "gazetteer", "report", "site", "atlas"),
    *("show", "firms", "choose", "diff", "app", "mcp"),
)

#: Verbs that go on until they are stopped.
_SERVERS = ("app", "mcp")
#: Of a command nearly all objects stay until its end: to look for rubbish among them took a fifth of a short one.
_COLLECT = (100_000, 50, 100)


def _parser(verb: str | None) -> Parser:
    """Return the parser; only the module of `verb` is imported, so that every command starts fast."""
    parser = Parser(prog="geo")
    shown = version() if verb is None else ""  # the option --version exists only without a verb
    parser.add_argument("--version", action="version", version=f"geo {shown}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name in VERBS:
        own = verbs.add_parser(name, help=name)
        own.register("type", None, filled)
        if name == verb:
            module = importlib.import_module(f"geo.cli.{name}")
            own.examples = module.EXAMPLES
            module.arguments(own)
            own.set_defaults(run=module.run, paths=getattr(module, "paths", None))
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Command-line arguments; by default those of the process.

    Returns
    -------
    int
        Exit code: 0 success, 2 error (explained on stderr), 130 interrupted, 143 terminated.
    """
    seal()
    if arguments is None:
        _speak_utf8()
        use_ascii_letters()
    given = list(sys.argv[1:] if arguments is None else arguments)
    verb = next((word for word in given if word in VERBS), None)
    _set_streams()
    if arguments is None and verb not in _SERVERS:
        gc.set_threshold(*_COLLECT)
    try:
        with _terminated_by_exception():
            args = _parser(verb).parse_args(given)
            if args.paths is not None:
                args.paths(args).check()  # before anything is read
            code = int(args.run(args))
            print(end="", flush=True)  # flush here, where a full disk can still be reported
        return code
    except GeoError as error:
        return _fail(str(error), *(words for lang, words in error.translations.items() if lang != "en"))
    except BrokenPipeError:
        # The reading end of the pipe (head, less) was closed: not an error.
        _drop(sys.stdout)
        return 0
    except UnicodeEncodeError as error:
        name = ascii(error.object[error.start : error.end])
        return _fail(*_both("encoding", encoding=error.encoding, name=name))
    except MemoryError:
        return _fail(*_both("memory"))
    except OSError as error:
        if error.filename is None and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            _drop(sys.stdout)
            return _fail(*_both("stdout"))
        return _fail(*_both("system", why=f"{error.strerror or error} {error.filename or ''}".strip()))
    except _Terminated:
        return _fail(*_both("terminated"), code=128 + signal.SIGTERM)
    except KeyboardInterrupt:
        return _fail(*_both("interrupted"), code=128 + signal.SIGINT)
    finally:
        if arguments is None:  # else the process may go on
            gc.freeze()  # the interpreter looks once more before it ends


def _speak_utf8() -> None:
    """Restart in UTF-8 mode if the locale has another encoding: many libraries decode file names as UTF-8.

    Otherwise some libraries would write a Chinese file name as another name, and some could not write it at all; in a
    Turkish locale GDAL also misreads keywords that contain an I.
    """
    if sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        again = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
        os.execve(sys.executable, again, {**os.environ, "LC_ALL": "C.UTF-8"})  # noqa: S606


def _set_streams() -> None:
    """Print UTF-8 whatever the console's code page, unless PYTHONIOENCODING is set; escape what cannot be printed."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = None if os.environ.get("PYTHONIOENCODING") else "utf-8"
            stream.reconfigure(errors="backslashreplace", encoding=encoding)


class _Terminated(KeyboardInterrupt):
    """Raised on SIGTERM."""


@contextmanager
def _terminated_by_exception() -> Iterator[None]:
    """Clean up on SIGTERM as on Ctrl-C."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _both(message: str, **values: object) -> list[str]:
    return [text(f"fault.{message}", language, **values) for language in reversed(LANGUAGES)]


def _fail(first: str, *more: str, code: int = 2) -> int:
    said = first.splitlines()  # a list of problems has the same lines in every language
    more = tuple(line for words in more for line in words.splitlines() if line not in said)
    with suppress(OSError, ValueError):
        print(printable("\n     ".join([f"geo: {first}", *more])), file=sys.stderr)
    return code


def _drop(stream: TextIO | None) -> None:
    """Redirect a stream to the null device, so that the interpreter does not fail when it flushes it at exit."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[union-attr]


if __name__ == "__main__":
    sys.exit(main())
