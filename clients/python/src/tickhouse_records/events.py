"""What a reader tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Union

from .generated import FeedGap, FeedSession, RecordHeader


@dataclass(slots=True, frozen=True)
class Place:
    """Where a record stands in Kafka."""

    topic: str
    partition: int
    offset: int


@dataclass(slots=True)
class RecordEvent:
    """A record of a dataset that was asked for, once."""

    dataset: str
    record: RecordHeader
    place: Place


@dataclass(slots=True)
class GapEvent:
    """The capture says that records may be missing; `datasets` are those that were asked for which the gap concerns."""

    gap: FeedGap
    datasets: list[str]
    place: Place


@dataclass(slots=True, frozen=True)
class JumpEvent:
    """Numbers of a session that have no record in the topic, although later ones were there a settling time ago.

    `because`: `dead_letter` (the collector could not read what had this number), `missing` (nothing stands for it), or `unknown` (this login may not read
    dead letters, so it can be either).
    """

    dataset: str
    session: str
    first: int
    last: int
    because: Literal["dead_letter", "missing", "unknown"]


@dataclass(slots=True, frozen=True)
class LostEvent:
    """Kafka no longer has what came next: offset `expected` expired before it was read, or somebody made the topic again. Reading goes on at `found`."""

    topic: str
    partition: int
    expected: int
    found: int
    because: Literal["expired", "recreated"]


@dataclass(slots=True)
class SessionEvent:
    """A session opened or closed, or the venue said something in it: `session.event` says which."""

    session: FeedSession
    place: Place


@dataclass(slots=True)
class UnreadableEvent:
    """A value that is no record; reading goes on behind it."""

    error: Exception
    value: bytes | None
    place: Place


ReaderEvent = Union[RecordEvent, GapEvent, JumpEvent, LostEvent, SessionEvent, UnreadableEvent]
