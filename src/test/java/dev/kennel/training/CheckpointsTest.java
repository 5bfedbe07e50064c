package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.ColouredImages;
import dev.kennel.LocalSpark;
import dev.kennel.SmallDisk;
import dev.kennel.config.NetworkSettings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.network.Network;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training of three epochs of a round each, with a checkpoint after every one, two kept. */
class CheckpointsTest {
  private static final String SECOND = "round-00000002";
  private static final String THIRD = "round-00000003";

  private final JavaSparkContext spark =
      JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
  private final List<String> said = new ArrayList<>();
  private Trainer trainer;

  @TempDir private Path temporary;
  private Path folder;

  @BeforeEach
  void begin() throws IOException {
    folder = temporary.resolve("checkpoints");
    trainer = trainer("training", folder.toString());
  }

  private Trainer trainer(String name, String checkpoints) throws IOException {
    return new Trainer(
        spark,
        temporary.getFileName() + name,
        Network.CUSTOMCNN,
        3,
        SettingsLoader.load(
            Optional.of("samples"), Map.of("batch-size", 8, "epochs", 3), List.of()),
        new NetworkSettings(32, 0.05),
        new Cluster(1, 1, 1, 1L << 33, true),
        spark.parallelize(ColouredImages.images(3, 32, 8), 1),
        8,
        new Checkpoints(spark, checkpoints, 2, said::add),
        Optional.empty());
  }

  @AfterEach
  void end() {
    trainer.close();
  }

  private void train() {
    for (int epoch = 1; epoch <= 3; epoch++) {
      trainer.train(Position.beginOf(epoch), answers -> {});
      trainer.ended(epoch);
    }
  }

  @Test
  void theNewestIsTakenAndAsManyAreKeptAsAskedFor() throws IOException {
    train();
    assertThat(names(folder)).containsExactly(SECOND, THIRD);
    assertThat(trainer.restore().epoch()).isEqualTo(4);
    assertThat(said).isEmpty();
  }

  @Test
  void withoutAnyTheTrainingBeginsAtItsStart() throws IOException {
    assertThat(trainer.restore().isStart()).isTrue();
    assertThat(said).isEmpty();
  }

  @Test
  void oneWithAFlippedBitIsNamedAndTheOneBeforeTaken() throws IOException {
    train();
    Path slice = slice(THIRD);
    byte[] bytes = Files.readAllBytes(slice);
    bytes[bytes.length / 2] ^= 4;
    Files.write(slice, bytes);
    assertThat(trainer.restore().epoch()).isEqualTo(3);
    assertThat(said)
        .singleElement()
        .asString()
        .contains(THIRD, slice.getFileName() + " has another checksum than when it was written");
  }

  @Test
  void oneThatIsCutShortIsNamedAndTheOneBeforeTaken() throws IOException {
    train();
    Path slice = slice(THIRD);
    byte[] bytes = Files.readAllBytes(slice);
    Files.write(slice, java.util.Arrays.copyOf(bytes, bytes.length - 1));
    assertThat(trainer.restore().epoch()).isEqualTo(3);
    assertThat(said)
        .singleElement()
        .asString()
        .contains(THIRD, "is shorter than its " + bytes.length + " bytes");
  }

  @Test
  void oneThatMissesASliceIsNamedAndTheOneBeforeTaken() throws IOException {
    train();
    Path slice = slice(THIRD);
    Files.delete(slice);
    assertThat(trainer.restore().epoch()).isEqualTo(3);
    assertThat(said)
        .singleElement()
        .asString()
        .contains(THIRD, slice.getFileName() + " is missing");
    trainer.train(Position.beginOf(3), answers -> {});
    trainer.ended(3); // writes it anew
    assertThat(trainer.restore().epoch()).isEqualTo(4);
    assertThat(said).hasSize(1);
  }

  @Test
  void oneWhoseDescriptionWasChangedIsNamedAndTheOneBeforeTaken() throws IOException {
    train();
    Path json = folder.resolve(THIRD).resolve("checkpoint.json");
    String text = Files.readString(json, StandardCharsets.UTF_8);
    Files.writeString(json, text.replace("\"epoch\":4", "\"epoch\":2"), StandardCharsets.UTF_8);
    assertThat(trainer.restore().epoch()).isEqualTo(3);
    assertThat(said)
        .singleElement()
        .asString()
        .contains(THIRD, "checkpoint.json has another checksum");
  }

  @Test
  void oneThatWasNeverFinishedIsNamedAndTheOneBeforeTaken() throws IOException {
    train();
    Files.delete(folder.resolve(THIRD).resolve("checkpoint.json"));
    assertThat(trainer.restore().epoch()).isEqualTo(3);
    assertThat(said).singleElement().asString().contains(THIRD, "it is unfinished");
  }

  @Test
  void withNoneThatIsSoundTheTrainingBeginsAtItsStart() throws IOException {
    train();
    Files.delete(slice(SECOND));
    Files.delete(slice(THIRD));
    assertThat(trainer.restore().isStart()).isTrue();
    assertThat(said).hasSize(2);
  }

  @Test
  void oneThatCannotBeWrittenIsSaidAndTheTrainingGoesOnWithTheEarlierOnesKept() throws IOException {
    trainer.train(Position.START, answers -> {});
    trainer.ended(1);
    Path away = Files.move(folder, temporary.resolve("away"));
    Files.writeString(folder, "a file where the folder should be");
    trainer.train(Position.beginOf(2), answers -> {});
    trainer.ended(2);
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("Cannot write the checkpoint")
        .contains(SECOND)
        .endsWith("; the training goes on, the earlier ones stay");
    Files.delete(folder);
    Files.move(away, folder);
    assertThat(trainer.restore().epoch()).isEqualTo(2);
  }

  @Test
  void onAFullDiskTheTrainingGoesOnAndSaysWhyItHasNoCheckpoint() throws IOException {
    spark.hadoopConfiguration().set("fs.small.impl", SmallDisk.class.getName());
    Trainer small = trainer("small", "small://" + folder);
    small.train(Position.START, answers -> {});
    small.ended(1);
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("Cannot write the checkpoint small:")
        .endsWith(": No space left on device; the training goes on, the earlier ones stay");
    assertThat(names(folder)).isEmpty(); // nothing half is left
    small.train(Position.beginOf(2), answers -> {});
    small.close();
  }

  private Path slice(String checkpoint) throws IOException {
    return folder
        .resolve(checkpoint)
        .resolve(
            names(folder.resolve(checkpoint)).stream()
                .filter(name -> name.startsWith("slice-00001"))
                .findFirst()
                .orElseThrow());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
