package dev.kennel.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.framework.Summary;

class TensorBoardFilesTest {
  private static final TrackedRun RUN =
      new TrackedRun("r1", Map.of("epochs", "3", "images", "a|b"), Map.of());

  @TempDir private Path dir;

  @Test
  void anEpochCanBeReadAsSoonAsItIsWrittenWhileTheFileIsOpen() throws IOException {
    try (TensorBoardFiles files = files()) {
      files.begin("resnet18");
      files.epoch("resnet18", epoch(1));
      assertThat(scalars()).containsExactly("1 accuracy/test 0.5", "1 loss/test 1.0");
      files.epoch("resnet18", epoch(2));
      assertThat(scalars())
          .containsExactly(
              "1 accuracy/test 0.5", "1 loss/test 1.0", "2 accuracy/test 0.5", "2 loss/test 0.5");
    }
  }

  @Test
  void aFileBeginsWithItsVersionAndTheSettingsAsATableOfText() throws IOException {
    try (TensorBoardFiles files = files()) {
      files.begin("resnet18");
    }
    List<Path> written = EventFile.in(dir.resolve("r1-resnet18"));
    assertThat(written).hasSize(1); // and no file of checksums
    assertThat(written.get(0).getFileName().toString()).startsWith("events.out.tfevents.");
    List<EventFile.Event> events = EventFile.read(written.get(0));
    assertThat(events.get(0).version()).isEqualTo("brain.Event:2");
    Summary.Value text = events.get(1).summary().getValue(0);
    assertThat(text.getMetadata().getPluginData().getPluginName()).isEqualTo("text");
    assertThat(text.getTensor().getStringVal(0).toStringUtf8())
        .startsWith("| setting | value |\n| --- | --- |\n")
        .contains("| epochs | 3 |\n", "| images | a\\|b |\n");
  }

  @Test
  void whatGoesOnGoesIntoALaterFileWithoutTheEpochsAndSettingsThatAreThere() throws IOException {
    try (TensorBoardFiles files = files()) {
      files.begin("resnet18");
      files.epoch("resnet18", epoch(1));
      files.epoch("resnet18", epoch(2));
    }
    try (TensorBoardFiles files = files()) {
      files.begin("resnet18");
      files.epoch("resnet18", epoch(2));
      files.epoch("resnet18", epoch(3));
    }
    List<Path> written = EventFile.in(dir.resolve("r1-resnet18"));
    assertThat(written).hasSize(2);
    assertThat(EventFile.read(written.get(1))).hasSize(2); // the version and epoch 3
    assertThat(scalars())
        .filteredOn(line -> line.contains("loss"))
        .extracting(line -> line.charAt(0))
        .containsExactly('1', '2', '3');
  }

  @Test
  void anEpochWhoseRecordWasCutShortIsWrittenAgain() throws IOException {
    try (TensorBoardFiles files = files()) {
      files.begin("resnet18");
      files.epoch("resnet18", epoch(1));
      files.epoch("resnet18", epoch(2));
    }
    Path first = EventFile.in(dir.resolve("r1-resnet18")).get(0);
    byte[] whole = Files.readAllBytes(first);
    Files.write(first, Arrays.copyOf(whole, whole.length - 1));
    try (TensorBoardFiles files = files()) {
      files.begin("resnet18");
      files.epoch("resnet18", epoch(1));
      files.epoch("resnet18", epoch(2));
    }
    assertThat(EventFile.read(EventFile.in(dir.resolve("r1-resnet18")).get(1)))
        .extracting(EventFile.Event::step)
        .containsExactly(0L, 2L);
  }

  @Test
  void aFolderThatCannotBeMadeIsAnErrorAndAfterItIsMendedTheEpochIsTaken() throws IOException {
    Path taken = Files.writeString(dir.resolve("r1-resnet18"), "", StandardOpenOption.CREATE_NEW);
    try (TensorBoardFiles files = files()) {
      assertThatThrownBy(() -> files.begin("resnet18")).isInstanceOf(IOException.class);
      Files.delete(taken);
      files.begin("resnet18");
      files.epoch("resnet18", epoch(1));
    }
    assertThat(scalars()).containsExactly("1 accuracy/test 0.5", "1 loss/test 1.0");
  }

  @Test
  void whereNothingCanBeReadBeforeItIsWholeEachEpochIsAFile() throws IOException {
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.objects.impl", ObjectFiles.class, FileSystem.class);
    try (TensorBoardFiles files = new TensorBoardFiles("objects://" + dir, RUN, hadoop)) {
      files.begin("resnet18");
      files.epoch("resnet18", epoch(1));
      files.epoch("resnet18", epoch(2));
      assertThat(EventFile.in(dir.resolve("r1-resnet18"))).hasSize(3); // the settings' first
      assertThat(scalars()).hasSize(4);
    }
  }

  /** A file system that cannot flush, as that of S3. */
  static final class ObjectFiles extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("objects:///");
    }

    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path path,
        boolean overwrite,
        int buffer,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      OutputStream out = super.create(path, overwrite, buffer, replication, blockSize, progress);
      return new FSDataOutputStream(new BufferedOutputStream(out), new Statistics("objects"));
    }
  }

  private List<String> scalars() throws IOException {
    return EventFile.scalars(dir.resolve("r1-resnet18"));
  }

  private TensorBoardFiles files() {
    return new TensorBoardFiles(dir.toString(), RUN, new Configuration());
  }

  private static TrackedEpoch epoch(int epoch) {
    return new TrackedEpoch(epoch, 1000L, Map.of("loss/test", 1.0 / epoch, "accuracy/test", 0.5));
  }
}
