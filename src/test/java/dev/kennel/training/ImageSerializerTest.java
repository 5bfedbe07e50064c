package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.dataset.PreparedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.apache.spark.serializer.DeserializationStream;
import org.apache.spark.serializer.SerializationStream;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.Test;
import scala.Tuple2;
import scala.collection.Iterator;

class ImageSerializerTest {
  private static final PreparedImage FIRST = new PreparedImage(3, 2, 1, new byte[] {7, -1, 0});
  private static final PreparedImage SECOND = new PreparedImage(-4, 0, 119, new byte[] {9});

  private final SerializerInstance serializer = new ImageSerializer().newInstance();

  @Test
  void imagesComeBackWithTheirPlaces() {
    Iterator<Tuple2<Object, Object>> read = reader(written()).asKeyValueIterator();
    assertIs(read.next(), 70_000, FIRST);
    assertIs(read.next(), -1, SECOND);
    assertThat(read.hasNext()).isFalse();
    assertThat(read.hasNext()).isFalse();
  }

  @Test
  void keysAndValuesCanBeReadOneByOne() {
    DeserializationStream read = reader(written());
    assertThat(read.<Integer>readKey(null)).isEqualTo(70_000);
    assertThat(read.<PreparedImage>readValue(null).pixels()).isEqualTo(FIRST.pixels());
    assertThat(read.<Integer>readObject(null)).isEqualTo(-1);
    assertThat(read.<PreparedImage>readObject(null).label()).isEqualTo(119);
  }

  @Test
  void aStreamThatEndsAmidAnImageIsAnError() {
    byte[] whole = written();
    for (int length : new int[] {whole.length - 1, whole.length - 2, 22, 5}) {
      Iterator<Tuple2<Object, Object>> read =
          reader(Arrays.copyOf(whole, length)).asKeyValueIterator();
      assertThatThrownBy(() -> read.foreach(record -> record))
          .hasMessageContaining("The images end amid one");
    }
  }

  private byte[] written() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SerializationStream stream = serializer.serializeStream(bytes);
    stream.writeKey(70_000, null);
    stream.writeValue(FIRST, null);
    stream.writeKey(-1, null);
    stream.writeValue(SECOND, null);
    stream.close();
    return bytes.toByteArray();
  }

  private DeserializationStream reader(byte[] bytes) {
    return serializer.deserializeStream(new ByteArrayInputStream(bytes));
  }

  private static void assertIs(Tuple2<Object, Object> record, int place, PreparedImage image) {
    PreparedImage read = (PreparedImage) record._2;
    assertThat(record._1).isEqualTo(place);
    assertThat(read.id()).isEqualTo(image.id());
    assertThat(read.index()).isEqualTo(image.index());
    assertThat(read.label()).isEqualTo(image.label());
    assertThat(read.pixels()).isEqualTo(image.pixels());
  }
}
