import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Prints every record of partition 0 of a topic: offset, time, key and value. */
class Consume {
  public static void main(String[] words) {
    var bytes = new ByteArrayDeserializer();
    try (var consumer = new KafkaConsumer<>(Map.<String, Object>of("bootstrap.servers", words[0]), bytes, bytes)) {
      var partition = new TopicPartition(words[1], 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      var end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end)
        for (var record : consumer.poll(Duration.ofSeconds(1)))
          System.out.println(String.join(" ", String.valueOf(record.offset()), String.valueOf(record.timestamp()), text(record.key()), text(record.value())));
    }
  }

  static String text(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
