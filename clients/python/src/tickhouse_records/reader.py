"""Reads topics over confluent-kafka."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from .beginning import At, Beginning, Start
from .events import LostEvent, Place, ReaderEvent
from .generated import DeadLetter
from .interpreter import Interpreter, Marks, Wanted, topics_for
from .offsets import Offsets, Partition, results
from .troubles import ASK_SECONDS, FORBIDDEN, OFFSET_GONE, translated

_log = logging.getLogger("tickhouse_records")


@dataclass(slots=True)
class _Check:
    """The ends of all topics, asked for and not yet answered, that must be read before the marks are judged that were made a settling time ago."""

    settled: Marks | None
    marks: Marks
    ends: Mapping[Partition, Future[Any]]


def open_reader(
    kafka: Mapping[str, Any],
    datasets: Sequence[str],
    *,
    symbols: Sequence[str] | None = None,
    start: Start = "latest",
    group: str | None = None,
    look_back: int = 10_000,
    settle_seconds: float = 60.0,
    on_trouble: Callable[[str], None] = _log.warning,
) -> RecordReader:
    """Begins to read; raises `RecordError` when Kafka cannot be reached, refuses the login, or has no such topic. Whatever breaks later mends itself.

    kafka: where Kafka is and how to get in, as confluent-kafka has it: `{"bootstrap.servers": "127.0.0.1:9092"}`.
    symbols: only records of these.
    start: see `Start`. In a group it counts for what the group has committed nothing of.
    group: joins a consumer group, which then keeps the position and shares the partitions out. Without, this reader reads all of them.
    look_back: how many records of each partition are read before the first one that is told, to know repeats of them.
    settle_seconds: how long later numbers must have been there before a missing one is told as a jump.
    on_trouble: hears what broke and mends itself: a connection, a broker that is away.
    """
    topics = topics_for(datasets)
    config = {
        "client.id": "tickhouse-records",
        "fetch.wait.max.ms": 250,
        **kafka,
        "group.id": group or f"consumer.records.{uuid.uuid4()}",
        "enable.auto.commit": False,
        "auto.offset.reset": "error",
        "error_cb": lambda error: on_trouble(str(error)),
    }
    consumer = Consumer(config, logger=_log.getChild("kafka"))
    try:
        offsets = Offsets(kafka)
        begins = Beginning(consumer, offsets, start, look_back if group is None else 0).of(topics)
    except KafkaException as error:
        consumer.close()
        raise translated(error, config["bootstrap.servers"]) from error
    except BaseException:
        consumer.close()
        raise
    since_us = int(start.timestamp() * 1_000_000) if isinstance(start, datetime) else 0
    wanted = Wanted(list(datasets), None if symbols is None else frozenset(symbols), since_us, DeadLetter.TOPIC in begins)
    return RecordReader(consumer, offsets, Interpreter(wanted), begins, group is not None, settle_seconds, on_trouble)


class RecordReader:
    """Tells each record once, with what the capture knows to be missing. Iterate over it, or over `batches()`, within `with`. Use `open_reader`."""

    def __init__(
        self,
        consumer: Consumer,
        offsets: Offsets,
        interpreter: Interpreter,
        begins: dict[str, dict[int, At]],
        is_member: bool,
        settle_seconds: float,
        on_trouble: Callable[[str], None],
    ) -> None:
        self._consumer = consumer
        self._offsets = offsets
        self._interpreter = interpreter
        self._begins = begins
        self._is_member = is_member
        self._settle_seconds = settle_seconds
        self._on_trouble = on_trouble
        self._places: dict[Partition, At] = {}
        self._position: dict[str, dict[str, int]] = {}
        self._uncommitted: dict[Partition, int] = {}
        self._settle_at = time.monotonic() + settle_seconds
        self._marks: Marks | None = None
        self._check: _Check | None = None
        for topic, partitions in begins.items():
            interpreter.begin(topic, None if is_member else {partition: at.next for partition, at in partitions.items()})
        if is_member:
            consumer.subscribe(list(begins), on_assign=self._assigned, on_lost=self._revoked, on_revoke=self._revoked)
        else:
            self._place({(topic, partition): at for topic, partitions in begins.items() for partition, at in partitions.items()})
            consumer.assign([TopicPartition(topic, partition, at.next) for (topic, partition), at in self._places.items()])

    @property
    def position(self) -> dict[str, dict[str, int]]:
        """Behind all that was told so far: store it together with what came of it, and hand it to `start` the next time."""
        return {topic: dict(offsets) for topic, offsets in self._position.items()}

    @property
    def repeats(self) -> int:
        """How many repeats were dropped."""
        return self._interpreter.repeats

    @property
    def heartbeats(self) -> Mapping[str, int]:
        """Open session -> time of its newest heartbeat, in microseconds."""
        return self._interpreter.heartbeats

    def heartbeat_age(self, now: float | None = None) -> float | None:
        """How old the newest heartbeat is that has come this far, in seconds: a few, when all is well. None where none has come."""
        newest = max(self.heartbeats.values(), default=None)
        return None if newest is None else (time.time() if now is None else now) - newest / 1_000_000

    def poll(self, timeout: float = 1.0, max_messages: int = 5_000) -> list[ReaderEvent]:
        """What has come, or comes within so many seconds: perhaps nothing. `position` is behind all of it."""
        events, behind = self._poll(timeout, max_messages)
        self._move_to(behind)
        return events

    def batches(self) -> Iterator[list[ReaderEvent]]:
        """What comes, some of it at a time, for ever."""
        while True:
            events = self.poll()
            if events:
                yield events

    def __iter__(self) -> Iterator[ReaderEvent]:
        """One event at a time, for ever; `position` is behind the one that the loop has."""
        while True:
            events, behind = self._poll()
            for event in events:
                place = getattr(event, "place", None)
                if place is not None:
                    self._move_to({(place.topic, place.partition): place.offset + 1})
                yield event
            self._move_to(behind)

    def close(self) -> None:
        """Leaves Kafka. What a group's member was given last is not committed: it may not be done."""
        self._consumer.close()

    def __enter__(self) -> RecordReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _place(self, places: Mapping[Partition, At]) -> None:
        for (topic, partition), at in places.items():
            self._places[topic, partition] = At(at.next, at.tell_at)
            self._position.setdefault(topic, {})[str(partition)] = at.tell_at

    def _poll(self, timeout: float = 1.0, max_messages: int = 5_000) -> tuple[list[ReaderEvent], dict[Partition, int]]:
        """The events, and the offsets behind them."""
        self._commit()
        self._settle()
        events: list[ReaderEvent] = []
        behind: dict[Partition, int] = {}
        for message in self._consumer.consume(max_messages, timeout):
            error = message.error()
            event = self._take(message, behind) if error is None else self._mend(message, error)
            if event is not None:
                events.append(event)
        return events + self._judged(), behind

    def _move_to(self, offsets: Mapping[Partition, int]) -> None:
        for (topic, partition), offset in offsets.items():
            self._position.setdefault(topic, {})[str(partition)] = self._uncommitted[topic, partition] = offset

    def _take(self, message: Message, behind: dict[Partition, int]) -> ReaderEvent | None:
        topic, partition, offset = str(message.topic()), int(message.partition() or 0), int(message.offset() or 0)
        at = self._places[topic, partition]
        if offset < at.next:
            return None
        at.next = offset + 1
        if at.next > at.tell_at:
            behind[topic, partition] = at.next
        return self._interpreter.take(Place(topic, partition, offset), message.value(), at.tell_at)

    def _mend(self, message: Message, error: KafkaError) -> ReaderEvent | None:
        """Goes on where Kafka has the next record, if it lost the one that was asked for; waits for everything that mends itself."""
        if error.code() in FORBIDDEN:
            raise translated(KafkaException(error), "")
        topic, partition = message.topic(), message.partition()
        if error.code() not in OFFSET_GONE or topic is None or partition is None:
            self._on_trouble(str(error))
            return None
        at = self._places[topic, partition]
        one = (topic, partition)
        try:
            low, high = self._offsets.lows([one])[one], self._offsets.highs([one])[one]
        except KafkaException as trouble:
            self._on_trouble(str(trouble))
            self._read_on()
            return None
        is_recreated, expected = at.next > high, max(at.next, at.tell_at)
        if at.next < low or is_recreated:
            at.next = low
        self._read_on()
        if is_recreated:
            at.tell_at = low
            return LostEvent(topic, partition, expected, low, "recreated")
        return LostEvent(topic, partition, expected, low, "expired") if low > expected else None

    def _read_on(self) -> None:
        """Reads on from where this reader is. To seek is no way: it waits for a partition that has failed, for ever."""
        assigned = [(one.topic, one.partition) for one in self._consumer.assignment()]
        self._consumer.assign([TopicPartition(*key, self._places[key].next) for key in assigned])

    def _settle(self) -> None:
        """Asks for the ends of everything, so that what was there when the marks were made, the last time, can be judged once all of it is read."""
        if self._is_member or self._check is not None or time.monotonic() < self._settle_at:
            return
        self._settle_at = time.monotonic() + self._settle_seconds
        self._check = _Check(self._marks, self._interpreter.marks(), self._offsets.ask_highs(self._places))
        self._marks = None

    def _judged(self) -> list[ReaderEvent]:
        check = self._check
        if check is None or not all(end.done() for end in check.ends.values()):
            return []
        try:
            is_read = all(self._places[one].next >= end for one, end in results(check.ends).items())
        except KafkaException as error:
            # Of a Kafka that cannot say what it has nothing can be judged.
            self._on_trouble(str(error))
            self._check = None
            return []
        self._marks = check.marks
        if not is_read and check.settled is not None:
            return []
        self._check = None
        return [] if check.settled is None else list(self._interpreter.judge(check.settled))

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """A member goes on where the group is, and begins as it was told where the group has nothing yet."""
        for one in self._committed(consumer, partitions):
            begin = self._begins[one.topic].get(one.partition, At(0, 0))
            offset = one.offset if one.offset >= 0 else begin.tell_at
            self._place({(one.topic, one.partition): At(offset, offset)})
        consumer.assign([TopicPartition(one.topic, one.partition, self._places[one.topic, one.partition].next) for one in partitions])

    def _committed(self, consumer: Consumer, partitions: list[TopicPartition]) -> list[TopicPartition]:
        """What the group has committed; a coordinator that is on its way is waited for."""
        while True:
            try:
                return consumer.committed(partitions, ASK_SECONDS)
            except KafkaException as error:
                if error.args[0].code() in FORBIDDEN:
                    raise
                self._on_trouble(str(error))
                time.sleep(1)

    def _revoked(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        for one in partitions:
            self._uncommitted.pop((one.topic, one.partition), None)

    def _commit(self) -> None:
        """What the caller got by the last poll is done when it polls again."""
        if self._is_member and self._uncommitted:
            self._consumer.commit(offsets=[TopicPartition(*key, offset) for key, offset in self._uncommitted.items()], asynchronous=True)
        self._uncommitted.clear()
