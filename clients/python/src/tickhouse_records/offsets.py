"""Asks Kafka for offsets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from confluent_kafka import TopicPartition, admin

from .troubles import ASK_SECONDS

Partition = tuple[str, int]
#: confluent-kafka has no types for it.
_Spec: Any = admin.OffsetSpec  # type: ignore[attr-defined]


class Offsets:
    """Asks over a connection of its own: on that of a consumer every answer waits behind a fetch. Raises KafkaException."""

    def __init__(self, kafka: Mapping[str, Any]) -> None:
        self._admin = admin.AdminClient(dict(kafka))

    def lows(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """The offsets of the oldest records."""
        return results(self._ask(partitions, _Spec.earliest()))

    def highs(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """The offsets that the next records will get."""
        return results(self.ask_highs(partitions))

    def ask_highs(self, partitions: Iterable[Partition]) -> dict[Partition, Future[Any]]:
        """The same, without waiting for it: `results` gives them once all are done."""
        return self._ask(partitions, _Spec.latest())

    def at(self, partitions: Iterable[Partition], time_ms: int) -> dict[Partition, int]:
        """The offsets of the first records of that time or later; -1 where there are none."""
        return results(self._ask(partitions, _Spec.for_timestamp(time_ms)))

    def _ask(self, partitions: Iterable[Partition], spec: Any) -> dict[Partition, Future[Any]]:
        asked = self._admin.list_offsets({TopicPartition(*one): spec for one in partitions}, request_timeout=ASK_SECONDS)
        return {(one.topic, one.partition): future for one, future in asked.items()}


def results(asked: Mapping[Partition, Future[Any]]) -> dict[Partition, int]:
    return {one: int(future.result().offset) for one, future in asked.items()}
