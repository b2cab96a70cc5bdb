# Values of the topics of trades and of gaps, one a line → the trades of $symbol from $since (in seconds) on, each once, and the gaps.
def time: . / 1000000 | todate;

foreach (inputs | fromjson?) as $one ({ seen: {}, isNew: true };
  "\($one.session) \($one.seq) \($one | has("reason"))" as $number
  | .isNew = (.seen | has($number) | not)
  | .seen[$number] = true;
  if .isNew | not then empty
  elif $one | has("reason") then "gap: \($one.reason) from \($one.from_time // 0 | time) to \($one.to_time // 0 | time)"
  elif $one.symbol == $symbol and $one.timestamp >= $since * 1000000 then
    "\($one.timestamp | time) \($one.symbol) \($one.venue) \($one.price) \($one.volume) \($one.side // "-")"
  else empty
  end)
