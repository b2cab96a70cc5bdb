"""Finds where reading begins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Union

from confluent_kafka import OFFSET_END, Consumer, KafkaException, TopicPartition

from .errors import RecordError
from .generated import DeadLetter
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

    def __init__(self, consumer: Consumer, start: Start, look_back: int) -> None:
        self._consumer = consumer
        self._start = start if isinstance(start, datetime) else checked_start(start)
        self._look_back = look_back

    def of(self, topic: str) -> dict[int, At] | None:
        """By partition; None for dead letters that this login may not read: without them a jump cannot be explained, and says so."""
        found = self._consumer.list_topics(topic, ASK_SECONDS).topics[topic]
        if found.error is not None:
            if topic == DeadLetter.TOPIC and found.error.code() in FORBIDDEN:
                return None
            raise KafkaException(found.error)
        at_time = self._at_time(topic, list(found.partitions))
        return {partition: self._begin(topic, partition, at_time.get(partition)) for partition in sorted(found.partitions)}

    def _begin(self, topic: str, partition: int, at_time: int | None) -> At:
        low, high = self._consumer.get_watermark_offsets(TopicPartition(topic, partition), ASK_SECONDS, cached=False)
        if isinstance(self._start, datetime):
            tell_at = high if at_time is None else at_time
        elif isinstance(self._start, str):
            tell_at = high if self._start == "latest" else low
        else:
            # A topic or a partition that came after the position was stored is new from its beginning on.
            tell_at = self._start.get(topic, {}).get(str(partition), low)
        # Where Kafka does not have that offset there is nothing to look back at: it will be told as lost.
        return At(max(low, tell_at - self._look_back) if low <= tell_at <= high else tell_at, tell_at)

    def _at_time(self, topic: str, partitions: list[int]) -> dict[int, int]:
        if not isinstance(self._start, datetime):
            return {}
        time_ms = int(self._start.timestamp() * 1000)
        found = self._consumer.offsets_for_times([TopicPartition(topic, partition, time_ms) for partition in partitions], ASK_SECONDS)
        return {one.partition: one.offset for one in found if one.offset != OFFSET_END}


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
