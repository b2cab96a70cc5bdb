import random
import unittest

from tickhouse_records.numbers import SeenNumbers, TopicNumbers


class Numbers(unittest.TestCase):
    def test_what_is_missing_is_what_was_not_seen(self) -> None:
        chance = random.Random(7)
        for _ in range(200):
            numbers, seen = SeenNumbers(), set()
            for one in (chance.choice([chance.randint(1, 40), chance.randint(32_760, 32_775), chance.randint(1, 2**50)]) for _ in range(40)):
                self.assertEqual(numbers.add(one), one not in seen)
                seen.add(one)
            first, last = chance.randint(1, 50), chance.randint(51, 70_000)
            missing = numbers.missing(first, last)
            self.assertEqual(sum(end - start + 1 for start, end in missing), last - first + 1 - sum(first <= one <= last for one in seen))
            self.assertFalse(any(start <= one <= end for start, end in missing for one in seen))

    def test_never_cries_wolf_wherever_reading_began_and_in_whatever_turns_partitions_are_read(self) -> None:
        chance = random.Random(11)
        for _ in range(500):
            partitions, left = chance.randint(1, 4), {chance.randint(1, 60) for _ in range(chance.randint(0, 4))}
            logs: list[list[int]] = [[] for _ in range(partitions)]
            for seq in range(1, chance.randint(2, 61)):
                where = chance.randrange(partitions)
                if seq not in left:
                    logs[where].append(seq)
            begins = {partition: min(chance.choice([0, chance.randint(0, 20)]), len(log)) for partition, log in enumerate(logs)}
            numbers, following = TopicNumbers(begins), dict(begins)

            def read(partition: int) -> None:
                if following[partition] < len(logs[partition]):
                    seq = logs[partition][following[partition]]
                    following[partition] += 1
                    self.assertTrue(numbers.take(partition, "s", seq, seq))

            for _ in range(chance.randint(0, 80)):
                read(chance.randrange(partitions))
            marks = numbers.marks()
            for partition, log in enumerate(logs):
                for _ in log:
                    read(partition)
            told = [seq for jump in numbers.judge(marks) for seq in range(jump.first, jump.last + 1)]
            self.assertEqual([seq for seq in told if seq not in left], [])
            if not any(begins.values()):
                self.assertEqual(told, sorted(seq for seq in left if seq <= marks.get("s", 0)))
            self.assertEqual(numbers.judge(marks), [])

    def test_a_record_that_a_dead_letter_gave_back_late_says_nothing_of_what_lies_before_it(self) -> None:
        numbers = TopicNumbers({0: 100})
        numbers.take(0, "of today", 900, 7 * 24 * 3_600_000_000)
        self.assertTrue(numbers.take(0, "of last week", 50, 1))
        self.assertTrue(numbers.take(0, "of last week", 60, 1))
        self.assertEqual(numbers.judge(numbers.marks()), [])
