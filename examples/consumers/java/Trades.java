import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Prints the trades of a symbol from a time on, each once, and the gaps: Trades 005930 2026-11-30T00:00:00Z */
class Trades {
  static final String TRADES = "kiwoom.market.trade.v1";
  static final String GAPS = "kiwoom.feed.gap.v1";
  static final ObjectMapper JSON = new ObjectMapper();

  /** Topic and session to the numbers that were seen: a topic may hold a record twice, with the same session and seq. */
  final Map<String, BitSet> seen = new HashMap<>();
  final String symbol;
  final Instant since;

  Trades(String symbol, Instant since) {
    this.symbol = symbol;
    this.since = since;
  }

  public static void main(String[] words) {
    var symbol = words.length > 0 ? words[0] : "005930";
    var since = words.length > 1 ? Instant.parse(words[1]) : Instant.now().minus(Duration.ofMinutes(10));
    var brokers = System.getenv().getOrDefault("KAFKA_BROKERS", "127.0.0.1:9092");
    var text = new StringDeserializer();
    // What has expired is said, not passed over; an offset of one's own store can be sought in the same way as one of a time.
    var config = Map.<String, Object>of("bootstrap.servers", brokers, "auto.offset.reset", "none", "enable.auto.commit", false);
    try (var consumer = new KafkaConsumer<>(config, text, text)) {
      new Trades(symbol, since).read(consumer);
    }
  }

  void read(KafkaConsumer<String, String> consumer) {
    var partitions = new ArrayList<TopicPartition>();
    for (var topic : List.of(TRADES, GAPS))
      for (var info : consumer.partitionsFor(topic)) partitions.add(new TopicPartition(topic, info.partition()));
    consumer.assign(partitions);
    var times = new HashMap<TopicPartition, Long>();
    for (var partition : partitions) times.put(partition, since.toEpochMilli());
    var ends = consumer.endOffsets(partitions);
    consumer.offsetsForTimes(times).forEach((partition, found) -> consumer.seek(partition, found == null ? ends.get(partition) : found.offset()));
    while (true) {
      try {
        for (var record : consumer.poll(Duration.ofSeconds(1))) tell(record);
      } catch (OffsetOutOfRangeException expired) {
        System.err.println("lost: " + expired.offsetOutOfRangePartitions() + " expired before they were read");
        consumer.seekToBeginning(expired.offsetOutOfRangePartitions().keySet());
      }
    }
  }

  void tell(ConsumerRecord<String, String> record) {
    JsonNode value;
    try {
      value = JSON.readTree(record.value());
    } catch (JsonProcessingException error) {
      System.err.println("unreadable: " + record.topic() + "/" + record.partition() + " offset " + record.offset());
      return;
    }
    var numbers = seen.computeIfAbsent(record.topic() + " " + value.path("session").asText(), session -> new BitSet());
    var seq = value.path("seq").asInt();
    if (numbers.get(seq)) return;
    numbers.set(seq);
    if (record.topic().equals(GAPS)) System.err.println("gap: " + value.path("reason").asText() + " from " + time(value, "from_time") + " to " + time(value, "to_time"));
    else if (value.path("symbol").asText().equals(symbol) && !time(value, "timestamp").isBefore(since))
      System.out.println(String.join(" ", time(value, "timestamp").toString(), symbol, value.path("venue").asText(), value.path("price").asText(), value.path("volume").asText(), value.path("side").asText("-")));
  }

  /** Times are integers in microseconds. */
  static Instant time(JsonNode value, String column) {
    var micros = value.path(column).asLong();
    return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1_000);
  }
}
