package dev.kennel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kennel.config.UserError;
import dev.kennel.model.Export.Written;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import dev.kennel.network.StateDict;
import dev.kennel.weights.WeightFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.nd4j.linalg.factory.Nd4j;

class ExportTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Configuration HADOOP = new Configuration();

  @TempDir private Path folder;

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static TrainedModel small() {
    return ExampleModels.of(Network.CUSTOMCNN, 3, 32);
  }

  private List<Written> write(TrainedModel model, ExportFormat format, String name) {
    return new Export(model, format).write(HADOOP, folder.resolve(name).toString(), false);
  }

  @ParameterizedTest
  @CsvSource({"resnet18, 32", "resnet34, 32", "resnet50, 32", "resfcn18, 16", "customcnn, 48"})
  void onnxRuntimeAnswersAsTheNetworkDoes(String name, int size) throws OrtException {
    TrainedModel model = ExampleModels.of(Network.of(name), 10, size);

    write(model, ExportFormat.ONNX, "network.onnx");

    try (OnnxAnswers answers = new OnnxAnswers(folder.resolve("network.onnx"))) {
      answers.areThoseOf(model.network(), size);
    }
  }

  @Test
  void theOutputLogitsIsWhatTheProbabilitiesAreTheSoftmaxOf() throws OrtException {
    TrainedModel model = small();
    write(model, ExportFormat.ONNX, "network.onnx");
    try (OnnxAnswers answers = new OnnxAnswers(folder.resolve("network.onnx"))) {
      float[] logits = answers.output("logits", Nd4j.ones(1, 3, 32, 32))[0];
      float[] probabilities = answers.output("probabilities", Nd4j.ones(1, 3, 32, 32))[0];
      double sum = Math.exp(logits[0]) + Math.exp(logits[1]) + Math.exp(logits[2]);
      for (int i = 0; i < 3; i++) {
        assertThat(Math.abs(probabilities[i] - Math.exp(logits[i]) / sum)).isLessThan(1e-6);
      }
    }
  }

  @Test
  void parametersOfALargeNetworkLieInAFileBesideIt() throws IOException, OrtException {
    TrainedModel model = small();
    Path file = folder.resolve("network.onnx");

    List<Written> written =
        new Export(model, ExportFormat.ONNX, 1_000_000).write(HADOOP, file.toString(), false);

    assertThat(written)
        .extracting(Written::path)
        .containsExactly(file.toString(), file + ".data", file + ".json");
    assertThat(written)
        .extracting(Written::bytes)
        .containsExactly(
            Files.size(file),
            Files.size(Path.of(file + ".data")),
            Files.size(Path.of(file + ".json")));
    assertThat(Files.size(file)).isLessThan(300_000); // layers of less than 64 KiB, and names
    try (RandomAccessFile data = new RandomAccessFile(file + ".data", "r")) {
      data.seek(0); // features.4.weight, the first of more than 64 KiB
      float first = Float.intBitsToFloat(Integer.reverseBytes(data.readInt()));
      assertThat(first)
          .isEqualTo(model.network().getLayer("stage2-conv").getParam("W").getFloat(0));
    }
    try (OnnxAnswers answers = new OnnxAnswers(file)) {
      answers.areThoseOf(model.network(), 32);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "ONNX")
  void parametersAreReadBackBitForBit(ExportFormat format) throws IOException {
    TrainedModel model = small();
    ComputationGraph other =
        new ComputationGraph(Network.CUSTOMCNN.configure(3, 32, Optimization.NONE));
    other.init();

    write(model, format, "network");

    try (WeightFile file = WeightFile.open(folder.resolve("network"))) {
      assertThat(StateDict.of(Network.CUSTOMCNN, other).load(file)).isEmpty();
    }
    assertThat(other.params().data().asFloat())
        .isEqualTo(model.network().params().data().asFloat());
  }

  @Test
  void theDescriptionOfAModelThatIsAskedForMirrorImagesTooSaysSo() throws IOException {
    TrainedModel model = ExampleModels.of(Network.CUSTOMCNN, 3, 32);
    ModelDescription own = model.description();
    ModelDescription flipped =
        new ModelDescription(
            own.format(),
            own.network(),
            own.imageSize(),
            own.classFolders(),
            own.classNames(),
            own.mean(),
            own.standardDeviation(),
            own.decodeTarget(),
            true,
            own.runId(),
            own.epochs(),
            own.kennelVersion());
    write(new TrainedModel(flipped, model.network()), ExportFormat.PTH, "flipped.pth");
    JsonNode kennel = JSON.readTree(folder.resolve("flipped.pth.json").toFile()).get("kennel");
    assertThat(kennel.get("test_flip").booleanValue()).isTrue();
    assertThat(kennel.get("output").textValue())
        .endsWith(
            "their softmax is the probabilities (test_flip: take the mean of the probabilities of"
                + " an image and of the same mirrored left to right)");
  }

  @Test
  void theDescriptionIsAConfigurationOfTimmAndTellsHowAnImageBecomesTheInput() throws IOException {
    write(ExampleModels.of(Network.RESNET18, 2, 32), ExportFormat.ONNX, "dogs.onnx");
    JsonNode expected =
        JSON.readTree(
            """
            {
              "architecture": "resnet18",
              "num_classes": 2,
              "label_names": ["breed 1", "breed 2"],
              "pretrained_cfg": {
                "input_size": [3, 32, 32],
                "fixed_input_size": false,
                "interpolation": "bilinear",
                "crop_pct": 1.0,
                "crop_mode": "center",
                "mean": [0.485, 0.456, 0.406],
                "std": [0.229, 0.224, 0.225],
                "first_conv": "conv1",
                "classifier": "fc"
              },
              "kennel": {
                "files": ["dogs.onnx"],
                "format": "onnx",
                "input": "float32 [batch, 3, 32, 32]: red, green, blue; row by row",
                "output": "logits [batch, 2]: a score a class, by label; probabilities [batch, 2]: their softmax",
                "example": "(probabilities,) = onnxruntime.InferenceSession(\\"dogs.onnx\\").run([\\"probabilities\\"], {\\"image\\": images})",
                "preprocessing": [
                  "decode to 8-bit red, green, blue (of 16 bits the upper 8, grey repeated, alpha dropped, colour profile ignored)",
                  "turn upright by the EXIF orientation",
                  "resize the shorter side to 32 pixels and the longer in proportion, rounded down, by a triangle filter that widens with the reduction (Pillow's BILINEAR, torchvision's Resize with antialias)",
                  "crop the centre square of 32 pixels",
                  "divide by 255",
                  "subtract the mean of each channel, divide by its standard deviation"
                ],
                "test_flip": false,
                "class_folders": ["n0-breed 1", "n0-breed 2"],
                "run_id": "20260131-120000-1a2b",
                "epochs": 3,
                "kennel_version": "0.1.0"
              }
            }
            """);
    assertThat(JSON.readTree(folder.resolve("dogs.onnx.json").toFile())).isEqualTo(expected);
  }

  @Test
  void aFolderForTimmHasTheNamesThatTimmLooksFor() throws IOException {
    write(small(), ExportFormat.SAFETENSORS, "model.safetensors");
    assertThat(names()).containsExactly("config.json", "model.safetensors");
  }

  @Test
  void filesOfBothFormatsTellClassesAndRun() throws IOException, OrtException {
    write(small(), ExportFormat.ONNX, "network.onnx");
    write(small(), ExportFormat.SAFETENSORS, "network.safetensors");

    try (OnnxAnswers answers = new OnnxAnswers(folder.resolve("network.onnx"))) {
      assertThat(answers.texts())
          .containsEntry("network", "customcnn")
          .containsEntry("image_size", "32")
          .containsEntry("class_names", "[\"breed 1\",\"breed 2\",\"breed 3\"]")
          .containsEntry("mean", "[0.485,0.456,0.406]")
          .containsEntry("run_id", "20260131-120000-1a2b");
    }
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("network.safetensors").toFile(), "r")) {
      byte[] header = new byte[(int) Long.reverseBytes(file.readLong())];
      file.readFully(header);
      JsonNode texts =
          JSON.readTree(new String(header, StandardCharsets.UTF_8)).get("__metadata__");
      assertThat(texts.get("format").textValue()).isEqualTo("pt");
      assertThat(JSON.readTree(texts.get("class_names").textValue()).get(2).textValue())
          .isEqualTo("breed 3");
    }
  }

  @Test
  void anEarlierExportIsReplacedOnlyWhenAsked() throws IOException {
    String file = folder.resolve("network.onnx").toString();
    new Export(small(), ExportFormat.ONNX, 1_000_000).write(HADOOP, file, false);
    byte[] before = Files.readAllBytes(Path.of(file));

    assertThatThrownBy(() -> write(small(), ExportFormat.ONNX, "network.onnx"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot export to network.onnx: %s exists already; name another --file, or give --overwrite"
                .formatted(file));
    assertThat(Path.of(file)).hasBinaryContent(before);

    new Export(small(), ExportFormat.ONNX).write(HADOOP, file, true);
    assertThat(names()).containsExactly("network.onnx", "network.onnx.json"); // and no old data
  }

  @Test
  void whatCannotBeWrittenLeavesNothingBehind() throws IOException {
    Files.createDirectories(folder.resolve("network.onnx"));
    assertThatThrownBy(() -> write(small(), ExportFormat.ONNX, "network.onnx"))
        .isInstanceOf(UserError.class)
        .hasMessageEndingWith("it is a folder; name a file in it");

    Files.writeString(folder.resolve("plain"), "");
    assertThatThrownBy(() -> write(small(), ExportFormat.PTH, "plain/network.pth"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot export to " + folder.resolve("plain/network.pth"));

    assertThat(names()).containsExactly("network.onnx", "plain");
  }
}
