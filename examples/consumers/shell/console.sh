#!/bin/sh
# The same with Kafka's own console consumer, which knows no time to begin at: it reads all there is, and jq leaves out what is older.
set -eu
brokers=${KAFKA_BROKERS:-127.0.0.1:9092}
since=$(jq -nr --arg time "${2:-}" 'if $time == "" then now - 600 else $time | fromdate end | floor')
here=$(dirname "$0")

# Of a Kafka distribution, or what Maven fetched for the Java example.
console() {
  if command -v kafka-console-consumer.sh >/dev/null; then kafka-console-consumer.sh "$@"
  else java -cp "$here/../java/target/jars/*" org.apache.kafka.tools.consumer.ConsoleConsumer "$@"
  fi
}

console --bootstrap-server "$brokers" --include 'kiwoom[.](market[.]trade|feed[.]gap)[.]v1' --group "consumer.console.$$" --from-beginning |
  jq -nRr --unbuffered --arg symbol "${1:-005930}" --argjson since "$since" -f "$here/trades.jq"
