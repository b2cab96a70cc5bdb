"""From the value of a Kafka message to a record."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from .errors import RecordError
from .generated import RECORD_TYPES, RecordHeader, Trade

_BY_TOPIC: dict[str, str] = {kind.TOPIC: name for name, kind in RECORD_TYPES.items()}  # type: ignore[attr-defined]
_VERSIONED = re.compile(r"(.+)\.v(\d+)$")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def dataset_of_topic(topic: str) -> str:
    """The dataset whose records stand in a topic; refuses topics of a version that this kit does not know."""
    known = _BY_TOPIC.get(topic)
    if known is not None:
        return known
    versioned = _VERSIONED.match(topic)
    for other, dataset in _BY_TOPIC.items():
        if versioned and _VERSIONED.match(other).group(1) == versioned.group(1):  # type: ignore[union-attr]
            wanted = record_type(dataset).VERSION  # type: ignore[attr-defined]
            raise RecordError(
                "UNKNOWN_VERSION",
                f"Topic {topic} is of version {versioned.group(2)}, and this kit reads version {wanted}: "
                f"install the kit of the tickhouse that writes it, or read {other}",
            )
    raise RecordError("UNKNOWN_TOPIC", f'Expected a topic of tickhouse such as {Trade.TOPIC}, was "{topic}"')


def record_type(dataset: str) -> type[RecordHeader]:
    """The dataclass of a dataset."""
    kind = RECORD_TYPES.get(dataset)
    if kind is None:
        raise RecordError("UNKNOWN_DATASET", f'Expected a dataset, was "{dataset}"; known are {", ".join(RECORD_TYPES)}')
    return kind


def decode(dataset: str, value: bytes | str | None) -> Any:
    """The record in the value of a Kafka message. Columns newer than this kit are in `extra`; one that it knows must hold what the schema says."""
    kind: Any = record_type(dataset)
    found = _parsed(kind, value)
    columns = kind.COLUMNS
    for name in kind.REQUIRED:
        if name not in found:
            raise _unreadable(kind, f'expected "{name}", which every record has, and it is not there')
    extra: dict[str, Any] | None = None
    for name, held in found.items():
        column = columns.get(name)
        if column is None:
            extra = {**(extra or {}), name: held}
        elif not _HOLDS[column](held):
            raise _unreadable(kind, f'expected {_WORDS[column]} in "{name}", was {_excerpt(json.dumps(held, ensure_ascii=False))}')
    if found["seq"] < 1:
        raise _unreadable(kind, f"expected a seq from 1, was {found['seq']}")
    if extra is None:
        return kind(**found)
    return kind(**{name: held for name, held in found.items() if name in columns}, extra=extra)


def datetime_of(time_us: int) -> datetime:
    """A time of a record, which counts microseconds."""
    return _EPOCH + timedelta(microseconds=time_us)


def _parsed(kind: Any, value: bytes | str | None) -> dict[str, Any]:
    if value is None:
        raise _unreadable(kind, "it is empty")
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _unreadable(kind, f"it is no JSON: {_excerpt(text)}") from error
    if not isinstance(found, dict):
        raise _unreadable(kind, f"expected a JSON object, was {_excerpt(text)}")
    return found


def _unreadable(kind: Any, why: str) -> RecordError:
    return RecordError(
        "UNREADABLE_VALUE",
        f"A value of {kind.TOPIC} is no record of version {kind.VERSION}: {why}. Somebody else writes to the topic, or this kit is older than what writes it",
    )


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _is_integer(value: Any) -> bool:
    return type(value) is int and -(2**53) < value < 2**53


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_ladder(value: Any) -> bool:
    return type(value) is list and all(level is None or _is_number(level) for level in value)


def _is_ladders(value: Any) -> bool:
    return type(value) is list and all(map(_is_ladder, value))


def _is_object(value: Any) -> bool:
    return type(value) is dict


def _is_texts(value: Any) -> bool:
    return type(value) is list and all(map(_is_text, value))


_HOLDS: dict[str, Callable[[Any], bool]] = {
    "number": _is_number,
    "integer": _is_integer,
    "time": _is_integer,
    "text": _is_text,
    "ladder": _is_ladder,
    "ladders": _is_ladders,
    "fids": _is_object,
    "texts": _is_texts,
}

_WORDS = {
    "number": "a number",
    "integer": "an integer",
    "time": "an integer of microseconds",
    "text": "a text",
    "ladder": "an array of numbers",
    "ladders": "an array of arrays of numbers",
    "fids": "an object",
    "texts": "an array of texts",
}


def _excerpt(text: str) -> str:
    """The beginning of a text, without what would act on a terminal."""
    return "".join("·" if unicodedata.category(one) in ("Cc", "Cf") else one for one in text[:80])
