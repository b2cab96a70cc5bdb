"""The numbers of records: which were seen, and which are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_PAGE_BITS = 1 << 15
#: Sessions beyond this are forgotten, the oldest first.
_MAX_SESSIONS = 1_000
#: A record so much older than its neighbours was published late, as a retried dead letter is: what lies before it in its session is elsewhere.
_LATE_US = 60_000_000


class SeenNumbers:
    """Which of the numbers 1, 2, 3 ... were seen: one bit each, in pages, so that a single large number costs one page."""

    def __init__(self) -> None:
        self.highest = 0
        self._pages: dict[int, bytearray] = {}

    def add(self, number: int) -> bool:
        """False where it was seen before."""
        index, bit = divmod(number, _PAGE_BITS)
        page = self._pages.get(index)
        if page is None:
            page = self._pages[index] = bytearray(_PAGE_BITS >> 3)
        mask = 1 << (bit & 7)
        if page[bit >> 3] & mask:
            return False
        page[bit >> 3] |= mask
        if number > self.highest:
            self.highest = number
        return True

    def missing(self, first: int, last: int) -> list[tuple[int, int]]:
        """What of `first` to `last` was not seen, as inclusive ranges. Pages without any number are passed over at once."""
        ranges = []
        start = first
        for index in sorted(self._pages):
            page = self._pages[index]
            base = index * _PAGE_BITS
            for bit in range(max(first - base, 0), min(last - base, _PAGE_BITS - 1) + 1):
                if page[bit >> 3] & (1 << (bit & 7)):
                    if base + bit > start:
                        ranges.append((start, base + bit - 1))
                    start = base + bit + 1
        if start <= last:
            ranges.append((start, last))
        return ranges


@dataclass(slots=True, frozen=True)
class Jump:
    """Numbers of a session of which the topic has no record; `is_explained`: a dead letter stands for them."""

    session: str
    first: int
    last: int
    is_explained: bool


@dataclass(slots=True)
class _SessionNumbers:
    seen: SeenNumbers = field(default_factory=SeenNumbers)
    #: Numbers that a dead letter has.
    explained: SeenNumbers = field(default_factory=SeenNumbers)
    #: The first number that each partition showed.
    firsts: dict[int, int] = field(default_factory=dict)
    judged_to: int = 0


class TopicNumbers:
    """The numbers of one dataset, by session: drops repeats, and finds jumps.

    A session numbers the records of a dataset 1, 2, 3 ..., and a topic spreads them over its partitions by symbol. So a hole in what one partition shows means
    nothing, and a hole over all partitions means something only where each of them has been read from before it to behind it:

    - *from before it*: the partition was read from its very beginning, or has shown an earlier number of the session;
    - *to behind it*: the caller says so, by `judge`.
    """

    def __init__(self, begins: Mapping[int, int] | None) -> None:
        """Takes the offset at which reading of each partition begins; None where somebody else may read some: then nothing is judged."""
        self.repeats = 0
        self._begins = begins
        self._sessions: dict[str, _SessionNumbers] = {}
        self._newest: dict[int, int] = {}

    def take(self, partition: int, session: str, seq: int, timestamp: int) -> bool:
        """False for a record that was there before."""
        numbers = self._numbers_of(session)
        newest = self._newest.get(partition, 0)
        if timestamp >= newest - _LATE_US:
            numbers.firsts.setdefault(partition, seq)
            if timestamp > newest:
                self._newest[partition] = timestamp
        is_new = numbers.seen.add(seq)
        if not is_new:
            self.repeats += 1
        return is_new

    def explain(self, session: str, seq: int) -> None:
        """A dead letter stands for this number."""
        self._numbers_of(session).explained.add(seq)

    def marks(self) -> dict[str, int]:
        """The highest number of each session so far."""
        return {session: numbers.seen.highest for session, numbers in self._sessions.items()}

    def judge(self, marks: Mapping[str, int]) -> list[Jump]:
        """The jumps up to these marks that were not told before. To be called when every partition has been read to behind the marks."""
        jumps: list[Jump] = []
        for session, mark in marks.items():
            numbers = self._sessions.get(session)
            if numbers is None:
                continue
            covered = self._covered_from(numbers)
            if covered is None or max(numbers.judged_to, covered) >= mark:
                continue
            first = max(numbers.judged_to, covered) + 1
            numbers.judged_to = mark
            for missing in numbers.seen.missing(first, mark):
                jumps += _split(session, missing, numbers.explained)
        return jumps

    def _covered_from(self, numbers: _SessionNumbers) -> int | None:
        """The number after which every partition was read; None while that is not known of one."""
        if self._begins is None:
            return None
        froms = [0 if begin == 0 else numbers.firsts.get(partition) for partition, begin in self._begins.items()]
        known = [one for one in froms if one is not None]
        return max(known, default=0) if len(known) == len(froms) else None

    def _numbers_of(self, session: str) -> _SessionNumbers:
        numbers = self._sessions.get(session)
        if numbers is None:
            numbers = self._sessions[session] = _SessionNumbers()
            if len(self._sessions) > _MAX_SESSIONS:
                del self._sessions[next(iter(self._sessions))]
        return numbers


def _split(session: str, missing: tuple[int, int], explained: SeenNumbers) -> list[Jump]:
    """Divides what is missing into what dead letters explain and what nothing does."""
    jumps = []
    start, last = missing
    for first, end in explained.missing(start, last):
        if first > start:
            jumps.append(Jump(session, start, first - 1, True))
        jumps.append(Jump(session, first, end, False))
        start = end + 1
    if start <= last:
        jumps.append(Jump(session, start, last, True))
    return jumps
