"""Runs the Python that it reads, which leaves the rows of two questions in `trade` and `book`, and prints both as JSON in the form of QuestDB's own /exec."""

import json
import sys
from datetime import datetime, timezone


def plain(value):
    """One value as JSON has it. A time without a zone counts as UTC, as documented of some clients."""
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime(warn=False)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    # NaN, NaT and pandas.NA differ from themselves.
    return None if value is None or (value != value) is not False else value


def rows(answer):
    """The rows of a list, of a DataFrame of pandas or polars, or of a relation of DuckDB."""
    if hasattr(answer, "fetchall"):
        return answer.fetchall()
    if hasattr(answer, "itertuples"):
        return list(answer.itertuples(index=False))
    return list(answer.iter_rows() if hasattr(answer, "iter_rows") else answer)


given = {}
exec(compile(sys.stdin.read(), "docs/clients.md", "exec"), given)
first = rows(given["trade"])[0][0]
print(
    json.dumps(
        {
            "questions": {name: given[name] for name in ("trades", "books", "levels")},
            "times": "UTC" if first.tzinfo else "naive",
            **{name: [[plain(value) for value in row] for row in rows(given[name])] for name in ("trade", "book")},
        }
    )
)
