#!/bin/sh
# Prints the trades of a symbol from a time on, each once, and the gaps: kcat.sh 005930 2026-11-30T00:00:00Z
set -eu
brokers=${KAFKA_BROKERS:-127.0.0.1:9092}
since=$(jq -nr --arg time "${2:-}" 'if $time == "" then now - 600 else $time | fromdate end | floor')

# From the first record of that time on, unbuffered.
read_topic() { kcat -C -q -u -b "$brokers" -t "$1" -o "s@${since}000"; }

{
  read_topic kiwoom.feed.gap.v1 &
  trap 'kill $!' EXIT INT TERM
  read_topic kiwoom.market.trade.v1
} | jq -nRr --unbuffered --arg symbol "${1:-005930}" --argjson since "$since" -f "$(dirname "$0")/trades.jq"
