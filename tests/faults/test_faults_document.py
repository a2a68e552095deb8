"""docs/faults.md names tests that are there and messages as they are told."""

from __future__ import annotations

import re

import faulty

from geo.base.messages import catalogue

DOCUMENT = (faulty.ROOT / "docs" / "faults.md").read_text(encoding="utf-8")


def test_every_test_that_it_names_is_there_and_every_test_is_named() -> None:
    named = set(re.findall(r"`(test_faults_\w+\.py)`", DOCUMENT))
    there = {path.name for path in (faulty.ROOT / "tests" / "faults").glob("test_*.py")}
    assert named == there - {"test_faults_document.py"}


def test_messages_are_told_as_written() -> None:
    told = {words for row in catalogue().values() for words in row.values()}
    for words in (
        "the disk is full",
        "磁盘已满",
        "no permission to write there",
        "the file system is read-only",
        "there is no such folder",
        "interrupted; nothing half-written is left",
        "terminated; nothing half-written is left",
    ):
        assert words in DOCUMENT
        assert words in told
    assert "cannot write PATH: the disk is full" in DOCUMENT
    assert catalogue()["fault.write"]["en"].startswith("cannot write {path}: {why}")
