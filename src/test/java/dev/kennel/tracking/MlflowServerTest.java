package dev.kennel.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MlflowServerTest {
  private static final Map<String, String> NOTHING = Map.of();
  private static final TrackedRun RUN = run(Map.of("epochs", "2"));

  private RecordingMlflow mlflow;

  @BeforeEach
  void begin() throws IOException {
    mlflow = new RecordingMlflow();
  }

  @AfterEach
  void end() {
    mlflow.close();
  }

  @Test
  void aNetworkIsARunWithSettingsTagsAndAStepForEachEpoch() throws Exception {
    MlflowServer sink = sink(RUN);
    sink.begin("resnet18");
    sink.epoch("resnet18", epoch(1));
    sink.epoch("resnet18", epoch(2));
    assertThat(mlflow.runs().get(0).status()).isEqualTo("RUNNING");
    sink.end("resnet18", false);

    assertThat(mlflow.experiments).containsOnlyKeys("my dogs");
    assertThat(mlflow.runs()).hasSize(1);
    RecordingMlflow.Run run = mlflow.runs().get(0);
    assertThat(run.name()).isEqualTo("resnet18-r1");
    assertThat(run.params()).containsExactly(Map.entry("epochs", "2"));
    assertThat(run.tags())
        .containsEntry("kennel.run_id", "r1")
        .containsEntry("kennel.network", "resnet18")
        .containsEntry("kennel.master", "local[2]");
    assertThat(run.metrics())
        .containsExactly(
            "1 learning_rate 0.01", "1 loss/train 1.0", "2 learning_rate 0.01", "2 loss/train 0.5");
    assertThat(run.status()).isEqualTo("FINISHED");
    assertThat(mlflow.requests)
        .containsExactly(
            "experiments/get-by-name",
            "experiments/create",
            "runs/search",
            "runs/create",
            "runs/log-batch",
            "runs/log-batch",
            "runs/log-batch",
            "runs/update");
  }

  @Test
  void aTrainingThatGoesOnFindsItsRunAndTheEpochsThatItHas() throws Exception {
    MlflowServer first = sink(RUN);
    first.begin("resnet18");
    first.epoch("resnet18", epoch(1));
    first.end("resnet18", true);
    assertThat(mlflow.runs().get(0).status()).isEqualTo("FAILED");

    MlflowServer second = sink(run(Map.of("epochs", "2", "output", "moved")));
    second.begin("resnet18");
    assertThat(mlflow.runs().get(0).status()).isEqualTo("RUNNING");
    second.epoch("resnet18", epoch(1));
    second.epoch("resnet18", epoch(2));
    second.end("resnet18", false);

    assertThat(mlflow.runs()).hasSize(1);
    assertThat(mlflow.runs().get(0).metrics()).hasSize(4);
    assertThat(mlflow.runs().get(0).status()).isEqualTo("FINISHED");
  }

  @Test
  void aParamThatIsThereIsNotSentAgainSinceMlflowTakesNoOtherValue() throws Exception {
    sink(run(Map.of("output", "here"))).begin("resnet18");
    sink(run(Map.of("output", "there"))).begin("resnet18");

    assertThat(mlflow.runs().get(0).params()).containsEntry("output", "here");
  }

  @Test
  void aLossThatIsNoNumberIsSentAsProtobufWritesItInJson() throws Exception {
    MlflowServer sink = sink(RUN);
    sink.begin("resnet18");
    long now = System.currentTimeMillis();
    sink.epoch("resnet18", new TrackedEpoch(1, now, Map.of("loss/train", Double.NaN)));

    assertThat(mlflow.runs().get(0).metrics()).containsExactly("1 loss/train \"NaN\"");
  }

  @Test
  void eachNetworkHasARunOfItsOwn() throws Exception {
    MlflowServer sink = sink(RUN);
    sink.begin("resnet18");
    sink.begin("resfcn18");
    sink.epoch("resfcn18", epoch(1));

    assertThat(mlflow.runs()).extracting(RecordingMlflow.Run::name).contains("resfcn18-r1");
    assertThat(mlflow.runs().get(0).metrics()).isEmpty();
    assertThat(mlflow.runs().get(1).metrics()).hasSize(2);
  }

  @Test
  void manySettingsGoInBatchesThatMlflowTakes() throws Exception {
    Map<String, String> many = new TreeMap<>();
    for (int i = 0; i < 250; i++) {
      many.put("setting" + i, "x".repeat(7000));
    }
    sink(run(many)).begin("resnet18");

    assertThat(mlflow.runs().get(0).params()).hasSize(250);
    assertThat(mlflow.requests).filteredOn("runs/log-batch"::equals).hasSize(3);
  }

  @Test
  void userAndPasswordOfTheAddressAreSentAndNotShown() throws Exception {
    URI server = URI.create(mlflow.uri().toString().replace("//", "//ann:se%40cret@") + "/");
    MlflowServer sink = new MlflowServer(new MlflowApi(server, NOTHING), "my dogs", RUN);
    sink.begin("resnet18");

    String expected = Base64.getEncoder().encodeToString("ann:se@cret".getBytes(UTF_8));
    assertThat(mlflow.authorizations).containsOnly("Basic " + expected);
    assertThat(sink.place()).isEqualTo("MLflow at " + mlflow.uri());
  }

  @Test
  void withoutThemThoseOfMlflowsOwnVariablesAreSent() throws Exception {
    Map<String, String> user =
        Map.of("MLFLOW_TRACKING_USERNAME", "ann", "MLFLOW_TRACKING_PASSWORD", "secret");
    new MlflowServer(new MlflowApi(mlflow.uri(), user), "my dogs", RUN).begin("resnet18");
    assertThat(mlflow.authorizations).containsOnly("Basic YW5uOnNlY3JldA==");

    mlflow.authorizations.clear();
    Map<String, String> token = Map.of("MLFLOW_TRACKING_TOKEN", "t0k3n");
    new MlflowServer(new MlflowApi(mlflow.uri(), token), "my dogs", RUN).begin("resnet18");
    assertThat(mlflow.authorizations).containsOnly("Bearer t0k3n");
  }

  @Test
  void aServerThatAnswersWithAnErrorIsToldByItsCodeAndMessage() {
    mlflow.failing = 500;
    assertThatThrownBy(() -> sink(RUN).begin("resnet18"))
        .isInstanceOf(IOException.class)
        .hasMessage("it answered experiments/get-by-name with 500, the database is gone");
  }

  @Test
  void aServerThatIsDownIsAnError() throws IOException {
    URI nowhere;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nowhere = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
    MlflowServer sink = new MlflowServer(new MlflowApi(nowhere, NOTHING), "my dogs", RUN);
    assertThatThrownBy(() -> sink.begin("resnet18"))
        .isInstanceOf(IOException.class)
        .hasMessage("no server answers there");
  }

  @Test
  void aServerThatIsTooSlowIsAnError() {
    mlflow.isSlow = true;
    MlflowApi api = new MlflowApi(mlflow.uri(), NOTHING, Duration.ofMillis(200));
    assertThatThrownBy(() -> new MlflowServer(api, "my dogs", RUN).begin("resnet18"))
        .isInstanceOf(IOException.class)
        .hasMessage("it did not answer in 0.2 s");
  }

  private MlflowServer sink(TrackedRun run) {
    return new MlflowServer(new MlflowApi(mlflow.uri(), NOTHING), "my dogs", run);
  }

  private static TrackedRun run(Map<String, String> settings) {
    return new TrackedRun("r1", settings, Map.of("master", "local[2]"));
  }

  private static TrackedEpoch epoch(int epoch) {
    return new TrackedEpoch(
        epoch,
        System.currentTimeMillis(),
        Map.of("loss/train", 1.0 / epoch, "learning_rate", 0.01));
  }
}
