"""Reads tickhouse's Kafka topics: dataclasses, decoders, and a reader that gives each record once and tells gaps."""

from .beginning import Position, Start
from .decode import dataset_of_topic, datetime_of, decode, record_type
from .errors import RecordError
from .events import GapEvent, JumpEvent, LostEvent, Place, ReaderEvent, RecordEvent, SessionEvent, UnreadableEvent
from .frames import to_pandas, to_polars
from .generated import RECORD_TYPES, RecordHeader
from .generated import *  # noqa: F403
from .reader import RecordReader, open_reader

__all__ = [
    "GapEvent",
    "JumpEvent",
    "LostEvent",
    "Place",
    "Position",
    "ReaderEvent",
    "RECORD_TYPES",
    "RecordError",
    "RecordEvent",
    "RecordHeader",
    "RecordReader",
    "SessionEvent",
    "Start",
    "UnreadableEvent",
    "dataset_of_topic",
    "datetime_of",
    "decode",
    "open_reader",
    "record_type",
    "to_pandas",
    "to_polars",
    *(kind.__name__ for kind in RECORD_TYPES.values()),
]
