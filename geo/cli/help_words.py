"""The parser of every command: its help and its faults are in 中文 and English, from the catalogue."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from geo.base.lines import columns_of, wrapped
from geo.base.messages import LANGUAGES, catalogue, printable, text
from geo.cli.argument_faults import in_chinese

__all__ = ["Parser", "heading", "in_both"]


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Breaks lines by their width on a terminal, where a Chinese letter has two columns."""

    def add_usage(self, usage: str | None, actions: Iterable[Any], groups: Iterable[Any], prefix: Any = None) -> None:
        """Put the usage below a heading in both languages, as the other parts of the help are."""
        if prefix is not None:  # argparse asks for the name of a verb
            super().add_usage(usage, actions, groups, prefix)
            return
        self.start_section(_both("option.group.usage"))
        super().add_usage(usage, actions, groups, "  ")
        self.end_section()

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(" ".join(text.split()), width, columns_of)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """Break paragraphs, and the entries of a list, which are indented; a command is not broken."""
        lines = []
        for paragraph in text.split("\n"):
            bare = paragraph.lstrip()
            lead = indent + " " * (len(paragraph) - len(bare))
            more = f"{lead}    " if lead != indent else lead
            parts = [bare] if bare.startswith("geo ") else wrapped(bare, width - len(more), columns_of)
            lines += [f"{more if number else lead}{part}".rstrip() for number, part in enumerate(parts)]
        return "\n".join(lines)


class Parser(argparse.ArgumentParser):
    """A parser of the command line, or of one verb; a module of a verb names its options, the catalogue explains them.

    A verb is explained by the message ``verb.NAME`` and the paragraphs ``help.NAME.1``, ``help.NAME.2`` ...; an option
    by ``option.VERB.DEST``, or by ``option.DEST`` where several verbs have it; a group by ``option.group.NAME``.
    Messages are looked up when the help is shown.

    Attributes
    ----------
    examples : mapping of str to str
        Commands to show, each with the rest of the message ``help.VERB.…`` that says what it does, or "".
    """

    _worded = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _Formatter, **options})
        self.examples: Mapping[str, str] = {}

    def format_help(self) -> str:
        """Return the help in both languages."""
        if not self._worded:
            self._worded = True
            self._word_options(self.prog.partition(" ")[2])
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Exit with an error in both languages, and lead to the help."""
        chinese, english = (text("argument.help", language, command=self.prog) for language in LANGUAGES)
        said = [message, english, in_chinese(message), chinese]
        self.print_usage(sys.stderr)
        self.exit(2, printable("\n     ".join([f"{self.prog}: {said[0]}", *said[1:]])) + "\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Return what was parsed; a verb refuses itself what it does not know, so that its own options are shown."""
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(text("argument.unknown", "en", given=" ".join(unknown)))
        return known, unknown

    def _word_options(self, verb: str) -> None:
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                for one in action._choices_actions:
                    one.help = _both(f"verb.{one.dest}")
            else:
                own = f"option.{verb}.{action.dest}"
                action.help = _both(own if own in catalogue() else f"option.{action.dest}")
        for group in self._action_groups:
            name = f"option.group.{(group.title or '').partition(' ')[0]}"
            group.title = _both(name)
            group.description = _both(f"{name}.more") if f"{name}.more" in catalogue() else None
        if verb:
            self.description = self._about(verb)
        else:
            self.description = "\n".join(text("verbs.about", language) for language in LANGUAGES)
            self.epilog = "\n".join(text("verbs.more", language) for language in LANGUAGES)

    def _about(self, verb: str) -> str:
        """Return what a verb is for: its examples below the sentence, then its paragraphs, each in both languages."""
        chinese, english = (text(f"verb.{verb}", language) for language in LANGUAGES)
        parts = [f"{chinese}\n{english[0].upper()}{english[1:]}"]
        shown = []
        for command, about in self.examples.items():
            shown += [f"  {command}", *([f"      {_both(f'help.{verb}.{about}')}"] if about else [])]
        if shown:
            parts.append("\n".join(shown))
        for number in range(1, 10):
            if (message := f"help.{verb}.{number}") in catalogue():
                parts.append("\n".join(text(message, language) for language in LANGUAGES))
        return "\n\n".join(parts)


def in_both(chinese: str, english: str) -> str:
    """Return a text in both languages in a line; once if it is the same in both.

    Examples
    --------
    >>> in_both("选项", "options"), in_both("GeoJSON", "GeoJSON")
    ('选项 · options', 'GeoJSON')
    """
    return chinese if chinese == english else f"{chinese} · {english}"


def heading(message_id: str) -> str:
    """Return the heading of a list below the options, in both languages."""
    return f"{_both(message_id)}:"


def _both(message_id: str) -> str:
    """Return a message in both languages; argparse takes a percent sign for a field."""
    return in_both(*(text(message_id, language) for language in LANGUAGES)).replace("%", "%%")
