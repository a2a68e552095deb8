"""The rules by topic are of topics that the contract has, and one includes the other."""

from __future__ import annotations

from geo.contract.schema import table
from geo.contract.topics import ONE_VALUE, TIMELESS


def test_every_topic_named_is_one_of_the_contract() -> None:
    assert ONE_VALUE < TIMELESS <= set(table("measures").column("topic").allowed)
