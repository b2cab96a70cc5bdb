import json
import unittest
from dataclasses import fields

from tickhouse_records import RECORD_TYPES, RecordError, Trade, dataset_of_topic, datetime_of, decode

from .golden import values_of

HEADER = {"timestamp": 1, "symbol": "005930", "venue": "KRX", "session": "s", "seq": 1}


class Decode(unittest.TestCase):
    def test_a_record_of_every_dataset_is_what_kafka_has(self) -> None:
        for dataset, kind in RECORD_TYPES.items():
            values = values_of(kind.TOPIC)
            self.assertGreater(len(values), 0, dataset)
            for value in values:
                record = decode(dataset_of_topic(kind.TOPIC), value.encode())
                self.assertIsInstance(record, kind)
                held = {one.name: getattr(record, one.name) for one in fields(record)}
                self.assertEqual({name: one for name, one in held.items() if one is not None}, json.loads(value))

    def test_a_column_that_is_newer_than_the_kit_is_kept_aside(self) -> None:
        record = decode("trade", json.dumps({**HEADER, "price": 70000, "of_tomorrow": [1]}))
        self.assertEqual((record.price, record.extra), (70000, {"of_tomorrow": [1]}))

    def test_a_value_that_is_no_record_is_refused_with_what_was_expected(self) -> None:
        for value, says in [
            (None, "it is empty"),
            ('{"timestamp', 'it is no JSON: {"timestamp'),
            ("[1]", "expected a JSON object, was [1]"),
            ('{"timestamp":1}', 'expected "symbol", which every record has, and it is not there'),
            (json.dumps({**HEADER, "price": "12a"}), 'expected a number in "price", was "12a"'),
            (json.dumps({**HEADER, "timestamp": 1.5}), 'expected an integer of microseconds in "timestamp", was 1.5'),
            (json.dumps({**HEADER, "volume": None}), 'expected an integer in "volume", was null'),
            (json.dumps({**HEADER, "seq": 0}), "expected a seq from 1, was 0"),
            ("\x1b[2J", "it is no JSON: ·[2J"),
        ]:
            with self.assertRaises(RecordError) as raised:
                decode("trade", value)
            self.assertEqual(raised.exception.code, "UNREADABLE_VALUE")
            self.assertIn(f"A value of kiwoom.market.trade.v1 is no record of version 1: {says}. Somebody else", str(raised.exception))

    def test_a_topic_of_another_version_is_refused_with_what_to_do(self) -> None:
        with self.assertRaisesRegex(RecordError, "kiwoom.market.trade.v2 is of version 2, and this kit reads version 1: install the kit"):
            dataset_of_topic("kiwoom.market.trade.v2")
        with self.assertRaisesRegex(RecordError, 'Expected a topic of tickhouse such as kiwoom.market.trade.v1, was "orders"'):
            dataset_of_topic("orders")

    def test_times_count_microseconds(self) -> None:
        self.assertEqual(datetime_of(1_788_400_000_000_001).isoformat(), "2026-09-03T01:46:40.000001+00:00")
        self.assertEqual(Trade.COLUMNS["exchange_time"], "time")
