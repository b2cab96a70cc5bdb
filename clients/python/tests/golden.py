"""Records of every dataset, in the order in which they were published."""

import json
from pathlib import Path

GOLDEN = [json.loads(line) for line in (Path(__file__).parents[2] / "fixtures" / "records.jsonl").read_text().splitlines()]


def values_of(topic: str) -> list[str]:
    return [one["value"] for one in GOLDEN if one["topic"] == topic]
