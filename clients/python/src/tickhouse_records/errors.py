"""What this kit raises."""

from __future__ import annotations


class RecordError(Exception):
    """The message says what to do; `code` does not change: UNKNOWN_DATASET, UNKNOWN_TOPIC, UNKNOWN_VERSION, UNREADABLE_VALUE, BAD_POSITION,
    TOPIC_MISSING, NOT_ALLOWED or UNREACHABLE."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
