import json
import unittest
from typing import Any

from tickhouse_records import (
    RECORD_TYPES,
    DeadLetter,
    FeedGap,
    FeedHeartbeat,
    FeedSession,
    GapEvent,
    JumpEvent,
    Place,
    RecordEvent,
    SessionEvent,
    Trade,
    UnreadableEvent,
    decode,
)
from tickhouse_records.interpreter import Interpreter, Wanted, topics_for

from .golden import GOLDEN

HEADER = {"timestamp": 1_000, "symbol": "005930", "venue": "KRX", "session": "s1", "seq": 1}


class Topics:
    """Topics of one partition each, read from their beginnings."""

    def __init__(self, wanted: Wanted, tell_at: int = 0) -> None:
        self.interpreter = Interpreter(wanted)
        self._tell_at = tell_at
        self._next: dict[str, int] = {}
        for topic in topics_for(wanted.datasets):
            self.interpreter.begin(topic, {0: 0})

    def put(self, topic: str, record: dict[str, Any] | str) -> Any:
        offset = self._next.get(topic, 0)
        self._next[topic] = offset + 1
        value = record if isinstance(record, str) else json.dumps({**HEADER, **record})
        return self.interpreter.take(Place(topic, 0, offset), value.encode(), self._tell_at)


class Told(unittest.TestCase):
    def test_each_dataset_that_is_asked_for_comes_as_records_each_once(self) -> None:
        topics = Topics(Wanted(list(RECORD_TYPES)))
        told = [topics.put(one["topic"], one["value"]) for one in GOLDEN]
        self.assertTrue(all(isinstance(event, RecordEvent) for event in told))
        self.assertEqual([event.record for event in told], [decode(event.dataset, one["value"]) for event, one in zip(told, GOLDEN)])
        self.assertEqual([event for one in GOLDEN if (event := topics.put(one["topic"], one["value"]))], [])
        self.assertEqual(topics.interpreter.repeats, len(GOLDEN))

    def test_one_symbol_from_a_time_on(self) -> None:
        topics = Topics(Wanted(["trade"], frozenset(["005930"]), 2_000))
        self.assertIsNone(topics.put(Trade.TOPIC, {"seq": 1}))
        self.assertIsNone(topics.put(Trade.TOPIC, {"seq": 2, "timestamp": 2_000, "symbol": "000660"}))
        self.assertEqual(topics.put(Trade.TOPIC, {"seq": 3, "timestamp": 2_000}).record.seq, 3)

    def test_what_was_told_in_an_earlier_life_is_known_and_not_told(self) -> None:
        topics = Topics(Wanted(["trade"]), tell_at=2)
        self.assertEqual([topics.put(Trade.TOPIC, {"seq": seq}) for seq in (1, 2, 2)], [None, None, None])
        self.assertEqual(topics.put(Trade.TOPIC, {"seq": 3}).place, Place(Trade.TOPIC, 0, 3))

    def test_a_value_that_is_no_record_is_told_and_the_next_one_goes_on(self) -> None:
        topics = Topics(Wanted(["trade"]))
        self.assertIsInstance(topics.put(Trade.TOPIC, "garbage"), UnreadableEvent)
        self.assertIsInstance(topics.put(Trade.TOPIC, {}), RecordEvent)

    def test_a_gap_comes_where_it_concerns_a_dataset_that_is_asked_for(self) -> None:
        topics = Topics(Wanted(["trade", "order_book"]))
        gap = {"reason": "silent", "symbol": "*", "venue": "*"}
        event = topics.put(FeedGap.TOPIC, {**gap, "seq": 1, "types": "0B,0J"})
        self.assertIsInstance(event, GapEvent)
        self.assertEqual((event.datasets, event.gap.reason), (["trade"], "silent"))
        self.assertIsNone(topics.put(FeedGap.TOPIC, {**gap, "seq": 2, "types": "0b"}))
        self.assertEqual(topics.put(FeedGap.TOPIC, {**gap, "seq": 3}).datasets, ["trade", "order_book"])
        self.assertIsNone(topics.put(FeedGap.TOPIC, {**gap, "seq": 3}))

    def test_a_session_opens_and_closes_and_its_heartbeats_have_an_age(self) -> None:
        topics = Topics(Wanted(["trade"]))
        self.assertIsInstance(topics.put(FeedSession.TOPIC, {"event": "open"}), SessionEvent)
        self.assertIsNone(topics.put(FeedHeartbeat.TOPIC, {"timestamp": 5_000}))
        self.assertEqual(topics.interpreter.heartbeats, {"s1": 5_000})
        self.assertEqual(topics.put(FeedSession.TOPIC, {"event": "close", "seq": 2}).session.event, "close")
        self.assertEqual(topics.interpreter.heartbeats, {})

    def test_a_jump_of_the_numbers_says_what_is_missing_and_whether_a_dead_letter_stands_for_it_once(self) -> None:
        topics = Topics(Wanted(["trade"]))
        for seq in (2, 3, 7):
            topics.put(Trade.TOPIC, {"seq": seq})
        topics.put(DeadLetter.TOPIC, {"seq": 5, "dataset": "trade", "stage": "collector", "reason": "no_values"})
        marks = topics.interpreter.marks()
        topics.put(Trade.TOPIC, {"seq": 9})
        told = [(event.first, event.last, event.because) for event in topics.interpreter.judge(marks)]
        self.assertEqual(told, [(1, 1, "missing"), (4, 4, "missing"), (5, 5, "dead_letter"), (6, 6, "missing")])
        self.assertEqual(topics.interpreter.judge(topics.interpreter.marks()), [JumpEvent("trade", "s1", 8, 8, "missing")])
        self.assertEqual(topics.put(Trade.TOPIC, {"seq": 5}).record.seq, 5)

    def test_without_dead_letters_a_jump_does_not_say_that_nothing_stands_for_it(self) -> None:
        topics = Topics(Wanted(["trade"], reads_dead_letters=False))
        topics.put(Trade.TOPIC, {"seq": 2})
        self.assertEqual([event.because for event in topics.interpreter.judge(topics.interpreter.marks())], ["unknown"])
