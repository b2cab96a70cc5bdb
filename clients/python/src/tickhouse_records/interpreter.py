"""From messages to events: pure, so that it needs no Kafka to be tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .decode import dataset_of_topic, decode, record_type
from .errors import RecordError
from .events import GapEvent, JumpEvent, Place, ReaderEvent, RecordEvent, SessionEvent, UnreadableEvent
from .generated import RECORD_TYPES, FeedGap
from .numbers import TopicNumbers

Marks = Mapping[str, Mapping[str, int]]


@dataclass(slots=True, frozen=True)
class Wanted:
    """What is asked of the topics."""

    datasets: Sequence[str]
    #: Only records of these; all where it is None.
    symbols: frozenset[str] | None = None
    #: Only records captured then or later, in microseconds.
    since_us: int = 0
    #: Whether dead letters are read, which explain jumps.
    reads_dead_letters: bool = True


class Interpreter:
    """Makes events of messages."""

    def __init__(self, wanted: Wanted) -> None:
        #: Open session -> time of its newest heartbeat, in microseconds.
        self.heartbeats: dict[str, int] = {}
        self._wanted = wanted
        self._numbers: dict[str, TopicNumbers] = {}

    @property
    def repeats(self) -> int:
        """Repeats that were dropped so far."""
        return sum(numbers.repeats for numbers in self._numbers.values())

    def begin(self, topic: str, begins: Mapping[int, int] | None) -> None:
        """To be called for each topic before its messages; with None somebody else may read a part of it, and it is not searched for jumps."""
        self._numbers[dataset_of_topic(topic)] = TopicNumbers(begins)

    def take(self, place: Place, value: bytes | None, tell_at: int) -> ReaderEvent | None:
        """What a message tells: one event or none. One before `tell_at` tells nothing, and is remembered."""
        dataset = dataset_of_topic(place.topic)
        is_told = place.offset >= tell_at
        try:
            record = decode(dataset, value)
        except RecordError as error:
            return UnreadableEvent(error, value, place) if is_told else None
        series = f"{record.session}/{record.dataset}/{record.stage}" if dataset == "dead_letter" else record.session
        if not self._numbers[dataset].take(place.partition, series, record.seq, record.timestamp):
            return None
        self._learn(dataset, record)
        return self._event_of(dataset, record, place) if is_told else None

    def marks(self) -> Marks:
        """The highest numbers so far, to be given to `judge` once everything that was published by now has been read."""
        of_venue = [dataset for dataset in self._wanted.datasets if _type_of(dataset) is not None]
        return {dataset: self._numbers[dataset].marks() for dataset in of_venue}

    def judge(self, marks: Marks) -> list[JumpEvent]:
        """The jumps below the marks that were not told before."""
        unexplained = "missing" if self._wanted.reads_dead_letters else "unknown"
        return [
            JumpEvent(dataset, jump.session, jump.first, jump.last, "dead_letter" if jump.is_explained else unexplained)  # type: ignore[arg-type]
            for dataset, of_sessions in marks.items()
            for jump in self._numbers[dataset].judge(of_sessions)
        ]

    def _learn(self, dataset: str, record: Any) -> None:
        if dataset == "feed_heartbeat":
            self.heartbeats[record.session] = record.timestamp
        elif dataset == "feed_session" and record.event == "close":
            self.heartbeats.pop(record.session, None)
        elif dataset == "dead_letter" and record.dataset in self._numbers:
            self._numbers[record.dataset].explain(record.session, record.seq)

    def _event_of(self, dataset: str, record: Any, place: Place) -> ReaderEvent | None:
        if dataset in self._wanted.datasets:
            return RecordEvent(dataset, record, place) if self._passes(record) else None
        if dataset == "feed_session":
            return SessionEvent(record, place)
        concerned = self._concerned_by(record) if dataset == "feed_gap" else []
        return GapEvent(record, concerned, place) if concerned else None

    def _passes(self, record: Any) -> bool:
        symbols = self._wanted.symbols
        return (symbols is None or record.symbol in symbols) and record.timestamp >= self._wanted.since_us

    def _concerned_by(self, gap: FeedGap) -> list[str]:
        types = None if gap.types is None else gap.types.split(",")
        return [dataset for dataset in self._wanted.datasets if types is None or _type_of(dataset) in types]


def topics_for(datasets: Iterable[str]) -> list[str]:
    """The topics that are read for these datasets: theirs, and those that say what the capture knows of itself."""
    own = [dataset for dataset in RECORD_TYPES if _type_of(dataset) is None]
    kinds: list[Any] = [record_type(dataset) for dataset in dict.fromkeys([*datasets, *own])]
    return [kind.TOPIC for kind in kinds]


def _type_of(dataset: str) -> str | None:
    kind: Any = record_type(dataset)
    code: str | None = kind.TYPE
    return code
