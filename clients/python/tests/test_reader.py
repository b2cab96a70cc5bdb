import json
import unittest
from typing import Any

from confluent_kafka import Producer

from tickhouse_records import EtfNav, FeedHeartbeat, JumpEvent, LostEvent, RecordError, RecordEvent, RecordReader, open_reader
from tickhouse_records.interpreter import topics_for


class Reader(unittest.TestCase):
    """Over a broker that librdkafka plays."""

    def setUp(self) -> None:
        self.producer = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "mock", "log_level": 0})
        broker = next(iter(self.producer.list_topics(timeout=10).brokers.values()))
        self.kafka = {"bootstrap.servers": f"{broker.host}:{broker.port}", "log_level": 0}
        for topic in topics_for(["etf_nav"]):
            self.producer.list_topics(topic, timeout=10)

    def put(self, *seqs: int, topic: str = EtfNav.TOPIC, partition: int = 0) -> None:
        for seq in seqs:
            value = {"timestamp": 1_000_000 + seq, "symbol": "069500", "venue": "KRX", "session": "s", "seq": seq}
            self.producer.produce(topic, json.dumps(value), "069500", partition)
        self.producer.flush(10)

    def open(self, **more: Any) -> RecordReader:
        reader = open_reader(self.kafka, ["etf_nav"], settle_seconds=0.2, on_trouble=lambda _: None, **more)
        self.addCleanup(reader.close)
        return reader

    def until(self, reader: RecordReader, seq: int) -> list[Any]:
        """What is told up to the record of that number."""
        told: list[Any] = []
        for _ in range(100):
            told += reader.poll(0.2)
            if any(isinstance(event, RecordEvent) and event.record.seq == seq for event in told):
                return told
        raise AssertionError(f"No record {seq} in {told}")

    def seqs(self, told: list[Any]) -> list[int]:
        return [event.record.seq for event in told if isinstance(event, RecordEvent)]

    def test_each_record_is_told_once_and_a_position_goes_on_behind_it(self) -> None:
        self.put(1, 2, 3, 2, 3, 4)
        first = self.open(start="earliest")
        self.assertEqual(self.seqs(self.until(first, 4)), [1, 2, 3, 4])
        self.assertEqual(first.repeats, 2)
        position = json.loads(json.dumps(first.position))
        self.assertEqual(position[EtfNav.TOPIC]["0"], 6)
        self.put(4, 1, 5, 6)
        self.assertEqual(self.seqs(self.until(self.open(start=position), 6)), [5, 6])

    def test_one_event_at_a_time_the_position_is_behind_it(self) -> None:
        self.put(1, 2, 3)
        reader = self.open(start="earliest")
        offsets = []
        for event in reader:
            offsets.append((event.record.seq, reader.position[EtfNav.TOPIC]["0"]))  # type: ignore[union-attr]
            if len(offsets) == 3:
                break
        self.assertEqual(offsets, [(1, 1), (2, 2), (3, 3)])

    def test_a_jump_is_told_and_a_heartbeat_has_an_age(self) -> None:
        self.put(1, 2, 5)
        self.put(1, topic=FeedHeartbeat.TOPIC)
        reader = self.open(start="earliest")
        told: list[Any] = []
        while not any(isinstance(event, JumpEvent) for event in told):
            told += reader.poll(0.2)
        self.assertEqual([event for event in told if isinstance(event, JumpEvent)], [JumpEvent("etf_nav", "s", 3, 4, "missing")])
        self.assertEqual(reader.heartbeat_age(now=11.000001), 10)

    def test_a_position_that_is_not_of_this_topic_is_told_and_the_topic_read(self) -> None:
        self.put(1, 2, 3)
        told = self.until(self.open(start={EtfNav.TOPIC: {"0": 5_000}}), 3)
        self.assertIn(LostEvent(EtfNav.TOPIC, 0, 5_000, 0, "recreated"), told)
        self.assertEqual(self.seqs(told), [1, 2, 3])

    def test_what_cannot_be_a_position_or_a_dataset_is_refused(self) -> None:
        for start in (None, "00", {"topic": 1}, {"topic": {"a": 1}}, {"topic": {"0": -1}}):
            with self.assertRaisesRegex(RecordError, "Expected .* a position such as"):
                self.open(start=start)
        with self.assertRaisesRegex(RecordError, 'Expected a dataset, was "trades"; known are order_execution, balance'):
            open_reader(self.kafka, ["trades"])
