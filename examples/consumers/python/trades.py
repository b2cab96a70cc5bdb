"""Prints the trades of a symbol from a time on, each once, and what is missing: trades.py 005930 2026-11-30T09:00+09:00

With a file as third word it keeps its position there, and goes on from it the next time."""

import json
import os
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from tickhouse_records import GapEvent, JumpEvent, LostEvent, RecordEvent, SessionEvent, UnreadableEvent, datetime_of, open_reader

symbol, since, store = (sys.argv[1:] + ["005930", "", ""][len(sys.argv) - 1 :])[:3]
kept = Path(store) if store else None
start = datetime.fromisoformat(since) if since else datetime.now(timezone.utc) - timedelta(minutes=10)
position = json.loads(kept.read_text()) if kept and kept.exists() else start
kafka = {"bootstrap.servers": os.environ.get("KAFKA_BROKERS", "127.0.0.1:9092")}

with open_reader(kafka, ["trade"], symbols=[symbol], start=position, on_trouble=lambda text: print("trouble:", text, file=sys.stderr)) as reader:
    for event in reader:
        match event:
            case RecordEvent(record=trade):
                print(datetime_of(trade.timestamp).isoformat(), trade.symbol, trade.venue, trade.price, trade.volume, trade.side or "-", flush=True)
            case GapEvent(gap=gap):
                print(f"gap: {gap.reason} from {gap.from_time} to {gap.to_time}, {gap.symbols or 'all symbols'}", file=sys.stderr)
            case JumpEvent():
                print(f"jump: {event.dataset} {event.first} to {event.last} of session {event.session} are not there ({event.because})", file=sys.stderr)
            case LostEvent():
                print(f"lost: offsets {event.expected} to {event.found} of {event.topic}/{event.partition} ({event.because})", file=sys.stderr)
            case SessionEvent(session=session):
                print(f"session: {session.session} {session.event}; the newest heartbeat is {reader.heartbeat_age()} s old", file=sys.stderr)
            case UnreadableEvent(error=error):
                print(f"unreadable: {error}", file=sys.stderr)
        if kept:
            kept.write_text(json.dumps(reader.position))
