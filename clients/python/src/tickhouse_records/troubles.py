"""What Kafka says when something is wrong, and what it comes to."""

from __future__ import annotations

from confluent_kafka import KafkaError, KafkaException

from .errors import RecordError

#: How long a question to Kafka may take.
ASK_SECONDS = 10.0
#: The offset that was asked for is not there (any more).
OFFSET_GONE = (KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE, KafkaError._LOG_TRUNCATION)
FORBIDDEN = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED)
_MISSING = (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC, KafkaError._UNKNOWN_PARTITION)


def translated(error: KafkaException, servers: str) -> RecordError:
    cause: KafkaError = error.args[0]
    if cause.code() in _MISSING:
        return RecordError("TOPIC_MISSING", f"Kafka lacks a topic: run tickhouse topics apply, or look whether this is the right Kafka ({cause.str()})")
    if cause.code() in FORBIDDEN:
        return RecordError("NOT_ALLOWED", f"This login may not read that: ask for the role consumer, and name groups consumer.… ({cause.str()})")
    return RecordError("UNREACHABLE", f"Kafka at {servers} did not answer: look whether it runs there, and whether the login is right ({cause.str()})")
