"""Finds where reading begins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Union

from confluent_kafka import Consumer, KafkaException

from .errors import RecordError
from .generated import DeadLetter
from .offsets import Offsets, Partition
from .troubles import ASK_SECONDS, FORBIDDEN

#: Where to go on: topic -> partition -> offset of the next record. Plain JSON, to be stored beside what was made of the records.
Position = Mapping[str, Mapping[str, int]]
#: Where reading begins: at the `latest` record, at the `earliest`, at the first one captured at that time or later, or where a stored position says.
Start = Union[str, datetime, Position]


@dataclass(slots=True)
class At:
    """Where a reader is in a partition: the offset of its next record, and the one before which everything was told in an earlier life."""

    next: int
    tell_at: int


class Beginning:
    """Finds where to begin."""

    def __init__(self, consumer: Consumer, offsets: Offsets, start: Start, look_back: int) -> None:
        self._consumer = consumer
        self._offsets = offsets
        self._start = start if isinstance(start, datetime) else checked_start(start)
        self._look_back = look_back

    def of(self, topics: list[str]) -> dict[str, dict[int, At]]:
        """By topic and partition; without dead letters, if this login may not read them: without them a jump cannot be explained, and says so."""
        partitions = [(topic, partition) for topic in topics for partition in self._partitions(topic)]
        lows, highs, at_time = self._offsets.lows(partitions), self._offsets.highs(partitions), self._at_time(partitions)
        begins: dict[str, dict[int, At]] = {}
        for topic, partition in partitions:
            one = (topic, partition)
            begins.setdefault(topic, {})[partition] = self._begin(topic, partition, lows[one], highs[one], at_time.get(one, -1))
        return begins

    def _partitions(self, topic: str) -> list[int]:
        found = self._consumer.list_topics(topic, ASK_SECONDS).topics[topic]
        if found.error is None:
            return sorted(found.partitions)
        if topic == DeadLetter.TOPIC and found.error.code() in FORBIDDEN:
            return []
        raise KafkaException(found.error)

    def _begin(self, topic: str, partition: int, low: int, high: int, at_time: int) -> At:
        if isinstance(self._start, datetime):
            tell_at = high if at_time < 0 else at_time
        elif isinstance(self._start, str):
            tell_at = high if self._start == "latest" else low
        else:
            # A topic or a partition that came after the position was stored is new from its beginning on.
            tell_at = self._start.get(topic, {}).get(str(partition), low)
        # Where Kafka does not have that offset there is nothing to look back at: it will be told as lost.
        return At(max(low, tell_at - self._look_back) if low <= tell_at <= high else tell_at, tell_at)

    def _at_time(self, partitions: list[Partition]) -> dict[Partition, int]:
        if not isinstance(self._start, datetime):
            return {}
        return self._offsets.at(partitions, int(self._start.timestamp() * 1000))


def checked_start(start: Any) -> str | Position:
    if start in ("latest", "earliest"):
        return str(start)
    if isinstance(start, Mapping) and all(_is_offsets(offsets) for offsets in start.values()):
        return start
    raise RecordError(
        "BAD_POSITION",
        'Expected "latest", "earliest", a datetime or a position such as {"kiwoom.market.trade.v1": {"0": 42}}, '
        f"was {start!r:.80}: store what reader.position gave, or begin with a time",
    )


def _is_offsets(offsets: Any) -> bool:
    return isinstance(offsets, Mapping) and all(re.fullmatch(r"\d+", str(key)) and type(at) is int and at >= 0 for key, at in offsets.items())
