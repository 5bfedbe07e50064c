package dev.kennel.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordsTest {
  /**
   * What {@code RecordWriter} of tensorboard 2.21.0 wrote of two events at second 1.5: {@code
   * file_version} "brain.Event:2"; and step 3, "loss/train", 0.25.
   */
  private static final String BY_TENSORBOARD =
      "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c"
          + "200000000000000029eda95009000000000000f83f10032a130a110a0a6c6f73732f747261696e"
          + "150000803e4a2d8635";

  @Test
  void twoEventsAreTheBytesThatTensorBoardsOwnWriterMakesOfThem() throws IOException {
    assertThat(HexFormat.of().formatHex(twoEvents())).isEqualTo(BY_TENSORBOARD);
  }

  @Test
  void theReaderOfTheTestsReadsTensorBoardsBytes() throws IOException {
    var events = EventFile.events(HexFormat.of().parseHex(BY_TENSORBOARD));

    assertThat(events).hasSize(2);
    assertThat(events.get(0).version()).isEqualTo("brain.Event:2");
    assertThat(events.get(1).step()).isEqualTo(3);
    assertThat(events.get(1).wallTime()).isEqualTo(1.5);
    assertThat(events.get(1).summary().getValue(0).getSimpleValue()).isEqualTo(0.25f);
  }

  @Test
  void readingEndsBeforeARecordThatIsCutShort() throws IOException {
    byte[] two = twoEvents();
    for (int length = 0; length < two.length; length++) {
      assertThat(records(Arrays.copyOf(two, length))).isEqualTo(length < 40 ? 0 : 1);
    }
    assertThat(records(two)).isEqualTo(2);
  }

  @Test
  void readingEndsBeforeARecordInWhichABitHasFlipped() throws IOException {
    for (int at = 0; at < 40; at++) { // the first record
      byte[] flipped = twoEvents();
      flipped[at] ^= 4;
      assertThat(records(flipped)).as("byte %d", at).isZero();
    }
  }

  @Test
  void theEpochOfAnEventIsItsStep() throws IOException {
    assertThat(Events.epoch(Events.version(1500))).isEmpty();
    assertThat(Events.epoch(Events.scalars(epoch()))).hasValue(3);
  }

  private static byte[] twoEvents() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Records.write(bytes, Events.version(1500));
    Records.write(bytes, Events.scalars(epoch()));
    return bytes.toByteArray();
  }

  private static TrackedEpoch epoch() {
    return new TrackedEpoch(3, 1500, Map.of("loss/train", 0.25));
  }

  private static int records(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int records = 0;
    while (Records.read(in).isPresent()) {
      records++;
    }
    return records;
  }
}
