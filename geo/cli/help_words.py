"""The parser of every command: its help is in 中文 and English, from the catalogue."""

from __future__ import annotations

import argparse
from typing import NoReturn

from geo.base.lines import columns_of, wrapped
from geo.base.messages import LANGUAGES, catalogue, text

__all__ = ["Parser", "in_both"]


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Breaks lines by their width on a terminal, where a Chinese letter has two columns."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(" ".join(text.split()), width, columns_of)


class Parser(argparse.ArgumentParser):
    """A parser of the command line, or of one verb; a module of a verb names its options, the catalogue explains them.

    An option is explained by the message ``option.VERB.DEST``, or by ``option.DEST`` where several verbs have it; a
    group by ``option.group.NAME``, a verb by ``verb.NAME``. Messages are looked up when the help is shown.
    """

    _worded = False

    def format_help(self) -> str:
        """Return the help in both languages."""
        if not self._worded:
            self._worded = True
            self.formatter_class = _Formatter
            self._word_options(self.prog.partition(" ")[2])
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Exit with an error, which argparse words in English, and lead to the help in both languages."""
        more = [text("fault.arguments", language, command=self.prog) for language in reversed(LANGUAGES)]
        super().error("\n     ".join([message, *more]))

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
            self.description = f"{text(f'verb.{verb}', 'zh')}\n\n{self.description}"
        else:
            self.description = "\n".join(text("verbs.about", language) for language in LANGUAGES)
            self.epilog = "\n".join(text("verbs.more", language) for language in LANGUAGES)


def in_both(chinese: str, english: str) -> str:
    """Return a text in both languages in a line; once if it is the same in both.

    Examples
    --------
    >>> in_both("选项", "options"), in_both("GeoJSON", "GeoJSON")
    ('选项 · options', 'GeoJSON')
    """
    return chinese if chinese == english else f"{chinese} · {english}"


def _both(message_id: str) -> str:
    """Return a message in both languages; argparse takes a percent sign for a field."""
    return in_both(*(text(message_id, language) for language in LANGUAGES)).replace("%", "%%")
