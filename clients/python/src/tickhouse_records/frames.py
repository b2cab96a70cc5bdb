"""Records as a DataFrame. Columns are those of the catalogue, whatever the records hold; times know that they are UTC; nothing is null where a value is 0."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .decode import record_type
from .events import ReaderEvent, RecordEvent
from .generated import RecordHeader

if TYPE_CHECKING:
    import pandas
    import polars

Batch = Iterable["ReaderEvent | RecordHeader"]


def to_polars(batch: Batch, dataset: str) -> polars.DataFrame:
    """The records of one dataset in a batch of events or records. Ladders and lists are lists, `unreadable` is JSON. Needs `tickhouse-records[polars]`."""
    import polars as pl

    kinds: dict[str, Any] = {
        "number": pl.Float64,
        "integer": pl.Int64,
        "time": pl.Datetime("us", "UTC"),
        "text": pl.String,
        "ladder": pl.List(pl.Float64),
        "ladders": pl.List(pl.List(pl.Float64)),
        "fids": pl.String,
        "texts": pl.List(pl.String),
    }
    series = []
    for name, kind, values in _columns(batch, dataset):
        held = [None if one is None else _floats(one) for one in values] if kind in ("ladder", "ladders") else values
        if kind == "time":
            series.append(pl.Series(name, held, dtype=pl.Int64).cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))
        else:
            series.append(pl.Series(name, held, dtype=kinds[kind], strict=False))
    return pl.DataFrame(series)


def to_pandas(batch: Batch, dataset: str) -> pandas.DataFrame:
    """The same for pandas: nullable integers, ladders as lists. Needs `tickhouse-records[pandas]`."""
    import pandas as pd

    kinds = {"number": "Float64", "integer": "Int64", "text": "string", "fids": "string"}
    columns: dict[str, Any] = {}
    for name, kind, values in _columns(batch, dataset):
        if kind == "time":
            columns[name] = pd.to_datetime(pd.Series(values, dtype="Int64"), unit="us", utc=True)
        else:
            columns[name] = pd.Series(values, dtype=kinds.get(kind, "object"))
    return pd.DataFrame(columns)


def _columns(batch: Batch, dataset: str) -> list[tuple[str, str, list[Any]]]:
    kind: Any = record_type(dataset)
    found = [one.record if isinstance(one, RecordEvent) else one for one in batch]
    records = [one for one in found if isinstance(one, kind)]
    return [(name, of, [_plain(of, getattr(record, name)) for record in records]) for name, of in kind.COLUMNS.items()]


def _plain(kind: str, value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if kind == "fids" and value is not None else value


def _floats(ladder: list[Any]) -> list[Any]:
    return [_floats(one) if isinstance(one, list) else None if one is None else float(one) for one in ladder]
