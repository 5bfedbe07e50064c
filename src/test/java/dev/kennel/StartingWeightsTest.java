package dev.kennel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.config.Settings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.config.UserError;
import dev.kennel.model.TrainedModel;
import dev.kennel.network.Initialization;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import dev.kennel.network.StateDict;
import dev.kennel.weights.FileServer;
import dev.kennel.weights.NewTensor;
import dev.kennel.weights.WeightFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that start from trained parameters. */
class StartingWeightsTest {
  private static final List<String> ALL = List.of("stage1", "stage2", "stage3", "stage4", "stage5");

  @TempDir private Path folder;

  private final SparkSession spark = LocalSpark.session();
  private final FileServer server = new FileServer();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @AfterEach
  void end() {
    server.close();
  }

  private TrainingJob job(Map<String, Object> more) {
    Map<String, Object> options = new HashMap<>();
    options.put("images", folder.resolve("images").toString());
    options.put("networks", "customcnn");
    options.put("epochs", 1);
    options.put("batch-size", 8);
    options.put("output", folder.resolve("output").toString());
    options.put("weights-cache", folder.resolve("cache").toString());
    options.putAll(more);
    Settings settings = SettingsLoader.load(Optional.empty(), options, List.of());
    return new TrainingJob(
        spark, settings, new Console(new PrintStream(said, true, StandardCharsets.UTF_8), false));
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private static ComputationGraph graph(int classes) {
    ComputationGraph graph =
        new ComputationGraph(Network.CUSTOMCNN.configure(classes, 32, Optimization.NONE));
    graph.init();
    Initialization.initialize(graph, 9);
    return graph;
  }

  private static byte[] file(ComputationGraph graph) throws IOException {
    List<NewTensor> tensors = StateDict.of(Network.CUSTOMCNN, graph).tensors();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    WeightFormat.SAFETENSORS.write(tensors, Map.of(), out);
    return out.toByteArray();
  }

  private String run() {
    Matcher run = Pattern.compile("Run (\\S+) writes to").matcher(said());
    assertThat(run.find()).isTrue();
    return run.group(1);
  }

  /** It fails for want of images; when it is resumed, neither server nor cache are there. */
  @Test
  void aRunThatIsResumedStartsFromTheBytesThatItKept() throws IOException {
    ComputationGraph pretrained = graph(5);
    server.put("/private/net.safetensors", file(pretrained));
    String address = server.address("/private/net.safetensors").replace("//", "//me:secret@");
    Map<String, Object> more =
        Map.of("pretrained", address + "?key=secret", "freeze", "stage1, stage2,stage3,stage4");
    assertThatThrownBy(() -> job(more).run()).isInstanceOf(UserError.class);
    assertThat(said()).contains("Fetching http://" + server.host() + "/private/net.safetensors?…");
    String run = run();
    Path kept = folder.resolve("output/checkpoints/" + run + "/pretrained");
    assertThat(kept.toFile().list()).containsExactly("customcnn");
    server.close();
    said.reset();

    ColouredImages.write(folder.resolve("images"), 8, 32);
    job(more).resume(run);
    assertThat(said())
        .contains(
            "customcnn starts from http://"
                + server.host()
                + "/private/net.safetensors?… (34 tensors, sha256 ")
        .contains("); the classifier is new: 3 classes instead of 5")
        .contains(
            "customcnn is trained without stage1, stage2, stage3, stage4, which stay as they are")
        .doesNotContain("secret");
    assertThat(kept).doesNotExist();
    String settings =
        spark
            .read()
            .parquet(folder.resolve("output/tables/runs").toString())
            .selectExpr("settings")
            .first()
            .getString(0);
    assertThat(settings).contains("/private/net.safetensors?…").doesNotContain("secret");
    ComputationGraph trained =
        TrainedModel.load(
                new Configuration(),
                folder.resolve("output/models/" + run + "/customcnn").toString())
            .network();
    for (String name : List.of("stage1-conv_W", "stage4-bn_gamma", "stage4-bn_var")) {
      assertThat(floats(trained, name)).as(name).isEqualTo(floats(pretrained, name));
    }
    for (String name : List.of("stage5-conv_W", "fc_W")) {
      assertThat(floats(trained, name)).as(name).isNotEqualTo(floats(pretrained, name));
    }
  }

  private static float[] floats(ComputationGraph graph, String name) {
    return graph.getParam(name).dup().data().asFloat();
  }

  @Test
  void aFileThatIsNotTheNetworksIsToldBeforeAnythingElseAndNotKept() throws IOException {
    ComputationGraph resnet =
        new ComputationGraph(Network.RESNET18.configure(2, 32, Optimization.NONE));
    resnet.init();
    Path file = folder.resolve("resnet18.safetensors");
    try (var out = Files.newOutputStream(file)) {
      List<NewTensor> tensors = StateDict.of(Network.RESNET18, resnet).tensors();
      WeightFormat.SAFETENSORS.write(tensors, Map.of(), out);
    }
    assertThatThrownBy(() -> job(Map.of("pretrained", file.toString())).run())
        .isInstanceOf(UserError.class)
        .hasMessageMatching(
            "Cannot start customcnn from .*resnet18.safetensors: its tensors are not those of"
                + " customcnn: it lacks .*; it has unknown .*");
    assertThat(folder.resolve("output/checkpoints/" + run() + "/pretrained")).isEmptyDirectory();
  }

  @Test
  void whatCannotBeReadIsTold() {
    assertRefused(
        "/nowhere/net.pth", "Cannot start customcnn from /nowhere/net.pth: there is no such file");
    assertRefused(folder.toString(), "Cannot start customcnn from " + folder + ": it is a folder");
    String address = server.address("/net.pth");
    assertRefused(
        address, "Cannot fetch the trained weights " + address + ": the server answered with 404");
    assertRefused(
        "http://me:secret@a b/net.pth",
        "Cannot fetch the trained weights http://a b/net.pth: it is no address of a file");
  }

  private void assertRefused(String pretrained, String message) {
    assertThatThrownBy(() -> job(Map.of("pretrained", pretrained)).run())
        .isInstanceOf(UserError.class)
        .hasMessage(message);
  }

  @Test
  void whatTheSettingsAloneTellIsCheckedBeforeTheRunBegins() {
    assertThatThrownBy(() -> job(Map.of("pretrained", "imagenet")).run())
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot start customcnn from imagenet: nobody has published its parameters; where"
                + " another network has them, name that one alone, as in --set"
                + " network.resnet18.pretrained=imagenet");
    assertThatThrownBy(() -> job(Map.of("freeze", List.of("stage1", "stge2"))).run())
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot freeze stge2 of customcnn: did you mean stage2? its parts are %s, fc, and the"
                    .formatted(String.join(", ", ALL))
                + " classifier is always trained");
    assertThat(said()).isEmpty();
    assertThat(folder.resolve("output")).doesNotExist();
  }
}
