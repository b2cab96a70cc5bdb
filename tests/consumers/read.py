"""Reads as the words say, which are JSON, and prints a line of JSON after each batch: what it told, and its position."""

import json
import signal
import sys
from datetime import datetime, timezone

from tickhouse_records import GapEvent, JumpEvent, LostEvent, RecordEvent, SessionEvent, UnreadableEvent, open_reader


def text_of(event):
    match event:
        case RecordEvent(dataset=dataset, record=record):
            return f"record {dataset} {record.session} {record.seq}"
        case GapEvent(gap=gap, datasets=datasets):
            return f"gap {gap.reason} {gap.session} {','.join(datasets)}"
        case JumpEvent():
            return f"jump {event.dataset} {event.session} {event.first}-{event.last} {event.because}"
        case LostEvent():
            return f"lost {event.topic}/{event.partition} {event.expected}-{event.found} {event.because}"
        case SessionEvent(session=session):
            return f"session {session.session} {session.event}"
        case UnreadableEvent(place=place):
            return f"unreadable {place.topic}/{place.partition}/{place.offset}"


# A member that is asked to end leaves its group.
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
words = json.loads(sys.argv[1])
start = words["from"]
if isinstance(start, dict) and "ms" in start:
    start = datetime.fromtimestamp(start["ms"] / 1000, timezone.utc)
trouble = lambda text: print("trouble:", text, file=sys.stderr, flush=True)  # noqa: E731
kafka = {"bootstrap.servers": words["brokers"]}
with open_reader(kafka, words["datasets"], start=start, group=words.get("group"), settle_seconds=words.get("settleMs", 500) / 1000, on_trouble=trouble) as reader:
    print(json.dumps({"told": [], "position": reader.position}), flush=True)
    while True:
        events = reader.poll(0.5)
        if events:
            print(json.dumps({"told": [text_of(event) for event in events], "position": reader.position}), flush=True)
