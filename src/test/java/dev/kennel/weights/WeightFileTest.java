package dev.kennel.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On files that PyTorch and safetensors wrote: see {@code make.py} beside them. */
class WeightFileTest {
  private static final Path FILES = Path.of("src/test/resources/weights");

  @TempDir private Path folder;

  private static float[] floats(WeightFile file, String name) throws IOException {
    return file.floats(file.tensors().get(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"types.pth", "types-plain.pth", "types-protocol4.pth", "types.safetensors"})
  void everyTypeIsReadAsFloats(String name) throws IOException {
    try (WeightFile file = WeightFile.open(FILES.resolve(name))) {
      assertThat(floats(file, "f32")).containsExactly(1.5f, -2, 3.25f, 0, -0.0f, 1e-40f);
      assertThat(floats(file, "f64")).containsExactly(0.1f, Float.NEGATIVE_INFINITY);
      assertThat(floats(file, "f16"))
          .containsExactly(1, -2.5f, 65504, 0x1p-24f, Float.POSITIVE_INFINITY, Float.NaN);
      assertThat(floats(file, "bf16")).containsExactly(1, -2.5f, Float.intBitsToFloat(0x7f620000));
      assertThat(floats(file, "i64")).containsExactly(-7);
      assertThat(floats(file, "i32")).containsExactly(0x1p31f, -0x1p31f);
      assertThat(floats(file, "i16")).containsExactly(-3);
      assertThat(floats(file, "i8")).containsExactly(-128, 127);
      assertThat(floats(file, "u8")).containsExactly(255);
      assertThat(floats(file, "bool")).containsExactly(1, 0);
      assertThat(floats(file, "empty")).isEmpty();
      assertThat(file.tensors().get("f32").shape()).containsExactly(2L, 3L);
      assertThat(file.tensors().get("i64").shape()).isEmpty();
      assertThat(file.tensors().get("empty").shape()).containsExactly(0L, 3L);
      assertThat(file.tensors()).hasSize(11);
    }
  }

  @Test
  void elementsInAnotherOrderAreReadWithTheLastIndexRunningFastest() throws IOException {
    try (WeightFile file = WeightFile.open(FILES.resolve("orders.pth"))) {
      assertThat(file.tensors().get("transposed").shape()).containsExactly(3L, 2L);
      assertThat(floats(file, "transposed")).containsExactly(0, 3, 1, 4, 2, 5);
      assertThat(floats(file, "channels_last")).containsExactly(count(24, 1));
      assertThat(floats(file, "every_second")).containsExactly(count(12, 2));
      assertThat(floats(file, "part")).containsExactly(3, 4, 5);
    }
    try (WeightFile file = WeightFile.open(FILES.resolve("views.pth"))) {
      assertThat(floats(file, "first")).containsExactly(2, 3, 4);
      assertThat(floats(file, "second")).containsExactly(6, 7);
    }
  }

  private static float[] count(int length, int step) {
    float[] count = new float[length];
    for (int i = 0; i < length; i++) {
      count[i] = i * step;
    }
    return count;
  }

  @Test
  void ofACheckpointTheStateDictIsReadWithoutThePrefixOfDataParallel() throws IOException {
    try (WeightFile file = WeightFile.open(FILES.resolve("checkpoint.pth"))) {
      assertThat(file.tensors()).containsOnlyKeys("weight", "bias");
      assertThat(floats(file, "weight")).containsExactly(1, 1);
    }
    try (WeightFile file = WeightFile.open(FILES.resolve("parameter.pth"))) {
      assertThat(floats(file, "weight")).containsExactly(1, 1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          overlapping.pth | a and b overlap
          expanded.pth    | a overlaps itself: shape [5], strides [0]
          namespace.pth   | it holds argparse.Namespace, and only tensors and dictionaries are read; save model.state_dict()
          module.pth      | it holds torch.nn.modules.linear.Linear, and only tensors and dictionaries are read; save model.state_dict()
          evil.pth        | it holds posix.system, and only tensors and dictionaries are read; save model.state_dict()
          evil-plain.pth  | it holds posix.system, and only tensors and dictionaries are read; save model.state_dict()
          list.pth        | it holds no dictionary; save model.state_dict()
          script.pth      | it is a TorchScript program; save model.state_dict()
          make.py         | it is neither safetensors nor a file of torch.save
          """)
  void whatIsNoStateDictIsRefusedInALine(String name, String why) {
    assertThatThrownBy(() -> WeightFile.open(FILES.resolve(name)))
        .isInstanceOf(IOException.class)
        .hasMessage(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"types.pth", "types-plain.pth", "types-protocol4.pth", "types.safetensors"})
  void aFileThatIsCutShortIsRefused(String name) throws IOException {
    byte[] whole = Files.readAllBytes(FILES.resolve(name));
    Path cut = folder.resolve(name);
    for (int length = 0; length < whole.length; length += 9) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> readAll(cut))
          .as("of %d bytes", length)
          .isInstanceOf(IOException.class);
    }
  }

  /** Drawn from a seed, so that a failure can be seen again. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "types.pth",
        "types-plain.pth",
        "types-protocol4.pth",
        "types.safetensors",
        "orders.pth"
      })
  void bytesThatAreChangedAreReadOrRefusedAndTakeLittleMemory(String name) throws IOException {
    byte[] whole = Files.readAllBytes(FILES.resolve(name));
    Path changed = folder.resolve(name);
    SplittableRandom random = new SplittableRandom(1);
    int refused = 0;
    for (int i = 0; i < 800; i++) {
      byte[] bytes = whole.clone();
      for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Files.write(changed, bytes);
      long before = allocated();
      try {
        readAll(changed);
      } catch (IOException e) {
        assertThat(e.getMessage()).isNotBlank();
        refused++;
      }
      assertThat(allocated() - before).as("bytes taken for change %d", i).isLessThan(1L << 25);
    }
    assertThat(refused).isBetween(50, 799);
  }

  private static long allocated() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  private static void readAll(Path path) throws IOException {
    try (WeightFile file = WeightFile.open(path)) {
      for (Tensor tensor : file.tensors().values()) {
        file.read(tensor, values -> {});
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | 8 | a and b overlap
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | 12 | its tensors have 8 bytes, and 12 follow its header
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}} | 4 | a, F32 of shape [2], is said to be at [0, 4] of 4 bytes
          {"a":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,4]}} | 4 | a has the impossible shape [9223372036854775807, 2]
          {"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}} | 0 | a has the impossible shape [4611686018427387904, 4]
          {"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}} | 4 | a has the impossible shape [-1]
          {"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,4]}} | 4 | a has 18446744073709551616 where a whole number must be
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}} | 4 | a, F32 of shape [1], is said to be at [8, 12] of 4 bytes
          {"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}} | 1 | a is of the unknown type F8
          {"a":{"dtype":"U8","shape":[1]}} | 1 | a has no shape or no place
          {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}} | 1 | its header is no JSON: Duplicate field 'a'
          """)
  void safetensorsThatLieAreRefused(String header, int bytes, String why) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("lying.safetensors");
    Files.write(
        file,
        ByteBuffer.allocate(8 + text.length + bytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text)
            .array());

    assertThatThrownBy(() -> WeightFile.open(file)).isInstanceOf(IOException.class).hasMessage(why);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MAX_VALUE, Long.MIN_VALUE, 1 << 24, 3})
  void aHeaderOfSafetensorsThatIsLongerThanTheFileTakesNoMemory(long length) throws IOException {
    Path file = folder.resolve("long.safetensors");
    Files.write(
        file,
        ByteBuffer.allocate(10)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(length)
            .put((byte) '{')
            .put((byte) '}')
            .array());

    assertThatThrownBy(() -> WeightFile.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("its header is said to have");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil", "/etc/evil", "archive/../../evil"})
  void anArchiveWithAPathThatLeavesItIsRefused(String path) throws IOException {
    Path file = folder.resolve("leaving.pth");
    copyOfTypes(file, path, new byte[] {1});

    assertThatThrownBy(() -> WeightFile.open(file))
        .isInstanceOf(IOException.class)
        .hasMessage("its file " + path + " lies outside of the archive");
  }

  /** Copies the archive of types, with one more file. */
  private static void copyOfTypes(Path to, String added, byte[] content) throws IOException {
    try (ZipFile in = new ZipFile(FILES.resolve("types.pth").toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
      for (ZipEntry entry : Collections.list(in.entries())) {
        store(out, entry.getName(), in.getInputStream(entry).readAllBytes());
      }
      store(out, added, content);
    }
  }

  private static void store(ZipOutputStream out, String name, byte[] content) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    out.putNextEntry(entry);
    out.write(content);
  }

  /** By hand, in Python's own words: pickletools.dis shows them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          8002 58ffffff7f 6100 2e                 | its pickle announces 2147483647 bytes where 3 are left
          8002 58ffffffff 6100 2e                 | its pickle announces 4294967295 bytes where 3 are left
          8004 8dffffffffffffff7f 6100 2e         | its pickle announces 9223372036854775807 bytes where 3 are left
          8004 8dffffffffffffffff 6100 2e         | its pickle announces 18446744073709551615 bytes where 3 are left
          8002 8bffffff7f 01 2e                   | its pickle has the instruction 0x8b, which no state_dict needs
          8002 636f730a73797374656d0a 2e          | it holds os.system, and only tensors and dictionaries are read; save model.state_dict()
          8004 8c026f73 8c0673797374656d 93 2e    | it holds os.system, and only tensors and dictionaries are read; save model.state_dict()
          8002 28696f730a73797374656d0a 2e        | its pickle has the instruction 0x69, which no state_dict needs
          8002 7d5d4b0173 2e                      | its pickle has a dictionary whose keys are neither text nor numbers
          8002 302e                               | its pickle is damaged: Index -1 out of bounds for length 0
          """)
  void picklesThatLieOrNameSomethingElseAreRefused(String hex, String why) {
    byte[] bytes = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));

    assertThatThrownBy(() -> new StateUnpickler(new ByteArrayInputStream(bytes)).next())
        .isInstanceOf(IOException.class)
        .hasMessage(why);
  }

  @Test
  void aPickleOfMoreInstructionsThanAnyStateDictNeedsIsRefused() {
    byte[] lists = new byte[2_000_000];
    Arrays.fill(lists, (byte) ']');

    assertThatThrownBy(() -> new StateUnpickler(new ByteArrayInputStream(lists)).next())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than 1000000 instructions");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PTH", "SAFETENSORS"})
  void whatIsWrittenIsReadAgain(WeightFormat format) throws IOException {
    long many = 600_000; // of more than one piece
    List<NewTensor> tensors =
        List.of(
            NewTensor.floats(
                "layer.weight",
                List.of(many / 2, 2L),
                (at, to) ->
                    LongStream.range(at, at + to.remaining()).forEach(value -> to.put(value))),
            NewTensor.number("layer.num_batches_tracked", 1L << 40),
            NewTensor.floats("ünïcode", List.of(), (at, to) -> to.put(-1.5f)));
    Path path = folder.resolve("written");
    try (OutputStream out = Files.newOutputStream(path)) {
      format.write(tensors, Map.of("format", "pt"), out);
    }

    try (WeightFile file = WeightFile.open(path)) {
      assertThat(file.tensors())
          .containsOnlyKeys("layer.weight", "layer.num_batches_tracked", "ünïcode");
      assertThat(file.tensors().get("layer.weight").shape()).containsExactly(many / 2, 2L);
      float[] values = floats(file, "layer.weight");
      assertThat(values).hasSize((int) many).startsWith(0, 1, 2).endsWith(many - 1);
      assertThat(values[1 << 18]).isEqualTo(1 << 18);
      assertThat(floats(file, "layer.num_batches_tracked")).containsExactly(0x1p40f);
      assertThat(floats(file, "ünïcode")).containsExactly(-1.5f);
    }
  }

  @Test
  void storagesThatAreWrittenLieWherePyTorchAlignsThem() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    WeightFormat.PTH.write(
        List.of(
            NewTensor.floats("a", List.of(1L), (at, to) -> to.put(1)),
            NewTensor.floats("b", List.of(3L), (at, to) -> to.put(new float[] {2, 3, 4}))),
        Map.of(),
        out);
    Path path = folder.resolve("aligned.pth");
    Files.write(path, out.toByteArray());

    try (WeightFile file = WeightFile.open(path)) {
      assertThat(file.tensors().values()).allMatch(tensor -> tensor.offset() % 64 == 0);
    }
  }
}
