package dev.kennel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.config.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that are damaged, foreign or made to do harm: each is refused in one line. */
class ModelFolderTest {
  @TempDir private Path temporary;
  private final Configuration hadoop = new Configuration();
  private Path folder;

  @BeforeEach
  void save() throws IOException {
    folder = temporary.resolve("model");
    TrainedModelTest.model().save(hadoop, temporary.toString(), folder.toString());
  }

  @Test
  void theChecksumsAreThoseThatSha256sumReads() throws Exception {
    Process check =
        new ProcessBuilder("sha256sum", "--check", "SHA256SUMS").directory(folder.toFile()).start();
    assertThat(new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("model.json: OK\nmodel.safetensors: OK\n");
    assertThat(check.waitFor()).isZero();
  }

  @Test
  void aByteThatChangedAnywhereIsFound() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    for (String name : new String[] {"model.json", "model.safetensors", "SHA256SUMS"}) {
      Path file = folder.resolve(name);
      byte[] sound = Files.readAllBytes(file);
      for (int i = 0; i < 40; i++) {
        byte[] damaged = sound.clone();
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, damaged);
        refused();
        Files.write(file, Arrays.copyOf(sound, random.nextInt(sound.length)));
        refused();
      }
      Files.write(file, sound);
    }
    assertThat(ModelFolder.open(hadoop, folder.toString()).description().epochs()).isEqualTo(3);
  }

  @Test
  void aDamagedFileIsNamed() throws IOException {
    Files.write(folder.resolve("model.safetensors"), new byte[] {1, 2, 3});
    assertThatThrownBy(this::open)
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "Cannot load a model from "
                + folder
                + ": its model.safetensors is damaged: its SHA-256")
        .hasMessageEndingWith(" as SHA256SUMS says");
  }

  @Test
  void aFileThatIsMissingIsNamed() throws IOException {
    Files.delete(folder.resolve("model.safetensors"));
    assertThatThrownBy(this::open)
        .hasMessage("Cannot load a model from " + folder + ": it has no model.safetensors");
    Files.delete(folder.resolve("model.json"));
    assertThatThrownBy(this::open).hasMessageContaining("it has no model.json");
  }

  @Test
  void aFolderOfALaterFormatIsSaidToBeOne() throws IOException {
    describe(json -> json.replace("\"format\" : 1", "\"format\" : 2"));
    assertThatThrownBy(this::open)
        .hasMessageEndingWith("it is of format 2, and this version of Kennel reads format 1");
  }

  @Test
  void aFolderOfBeforeThereWasATestFlipHasNone() throws IOException {
    describe(json -> json.replaceFirst("\\s*\"test_flip\" : false,", ""));
    assertThat(Files.readString(folder.resolve("model.json"))).doesNotContain("test_flip");
    assertThat(ModelFolder.open(hadoop, folder.toString()).description().testFlip()).isFalse();
    describe(json -> json.replace("\"test_flip\" : false", "\"test_flip\" : true"));
    assertThat(ModelFolder.open(hadoop, folder.toString()).description().testFlip()).isTrue();
  }

  @Test
  void whatDoesNotFitTheParametersIsRefusedBeforeMemoryIsTaken() throws IOException {
    describe(json -> json.replace("customcnn", "resnet50"));
    assertThatThrownBy(this::open)
        .hasMessageContaining("its tensors are not those of resnet50: it lacks ");
    describe(json -> json.replace("\"image_size\" : 32", "\"image_size\" : 2000000000"));
    assertThatThrownBy(this::open)
        .hasMessageEndingWith("its images are of 2000000000 px, not 1 to 2048");
    describe(json -> json.replace("customcnn", "resfcn18").replace(": 32,", ": 2048,"));
    assertThatThrownBy(this::open)
        .hasMessageContaining("its tensors are not those of resfcn18: it lacks ");
  }

  @Test
  void parametersForOtherClassesAreRefused() throws IOException {
    describe(
        json ->
            json.replace("\"n02110958-pug\"", "\"n02110958-pug\", \"x\"")
                .replace("\"pug\"", "\"pug\", \"x\""));
    assertThatThrownBy(this::open)
        .hasMessageEndingWith(
            "its classifier.2.weight and classifier.2.bias are for another number of classes than 3");
  }

  @Test
  void aDescriptionThatMakesNoSenseIsRefused() throws IOException {
    describe(json -> json.replace("\"beagle\", ", ""));
    assertThatThrownBy(this::open).hasMessageEndingWith("it has 1 classes in 2 folders");
    describe(json -> json.replace("0.485", "0.5"));
    assertThatThrownBy(this::open).hasMessageContaining("it takes images of mean [0.5, ");
    describe(json -> json.replace("\"decode_target\" : 0", "\"decode_target\" : 16"));
    assertThatThrownBy(this::open).hasMessageEndingWith("decoded for 16 px and used at 32");
    describe(json -> json.replace("customcnn", "customcn"));
    assertThatThrownBy(this::open).hasMessageContaining("customcn");
    describe(json -> json.replace("\"epochs\"", "\"@class\" : \"java.lang.Runtime\", \"epochs\""));
    assertThatThrownBy(this::open).hasMessageContaining("model.json cannot be read");
    describe(json -> json.replace("\"run_id\"", "\"run\""));
    refused();
    describe(json -> "[]");
    refused();
    describe(json -> "[".repeat(100_000));
    refused();
    describe(json -> "");
    refused();
  }

  @Test
  void weightsThatAreAPickleOfCodeAreRefusedAndNothingIsRun() throws IOException {
    Path proof = temporary.resolve("proof");
    String command = "touch " + proof;
    byte[] pickle = // of a call of os.system, as PyTorch's plain files begin
        ("\u0080\u0002cposix\nsystem\nX"
                + (char) command.length()
                + "\0\0\0"
                + command
                + "\u0085R.")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] padded = Arrays.copyOf(pickle, 8 << 20);
    Files.write(folder.resolve("model.safetensors"), padded);
    sum();
    refused();
    assertThat(proof).doesNotExist();
  }

  @Test
  void aHeaderOfWeightsThatLiesIsRefused() throws IOException {
    byte[] sound = Files.readAllBytes(folder.resolve("model.safetensors"));
    for (long length : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, -1, 1L << 62, sound.length}) {
      byte[] lying = sound.clone();
      ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
      Files.write(folder.resolve("model.safetensors"), lying);
      sum();
      refused();
    }
  }

  private ModelFolder open() {
    return ModelFolder.open(hadoop, folder.toString());
  }

  /** In one line, whether it is the folder or its parameters that cannot be. */
  private void refused() {
    assertThatThrownBy(() -> TrainedModel.load(hadoop, folder.toString()))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot load a model from " + folder + ": ")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  /** Writes another description over the sound one, with its right checksum. */
  private void describe(UnaryOperator<String> change) throws IOException {
    Path again = temporary.resolve("again");
    TrainedModelTest.model().save(hadoop, temporary.toString(), again.toString());
    for (String name : new String[] {"model.json", "model.safetensors"}) {
      Files.write(folder.resolve(name), Files.readAllBytes(again.resolve(name)));
      Files.delete(again.resolve(name));
    }
    Files.delete(again.resolve("SHA256SUMS"));
    Files.delete(again);
    Path json = folder.resolve("model.json");
    Files.writeString(json, change.apply(Files.readString(json)));
    sum();
  }

  private void sum() throws IOException {
    StringBuilder sums = new StringBuilder();
    for (String name : new String[] {"model.json", "model.safetensors"}) {
      byte[] bytes = Files.readAllBytes(folder.resolve(name));
      sums.append(sha256(bytes)).append("  ").append(name).append('\n');
    }
    Files.writeString(folder.resolve("SHA256SUMS"), sums);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
