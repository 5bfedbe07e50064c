package dev.kennel.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a training fares with a server of MLflow that does not do as it should. */
class TrackingTest {
  private static final TrackedRun RUN = new TrackedRun("r1", Map.of("epochs", "2"), Map.of());

  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
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
  void theConsoleIsToldWhereRowsGo() throws InterruptedException {
    Tracking tracking = tracking(Duration.ofSeconds(30));
    tracking.begin("resnet18");
    tracking.trained("resnet18");
    tracking.finished();

    assertThat(said).containsExactly("Logging to MLflow at " + mlflow.uri());
    assertThat(mlflow.runs().get(0).status()).isEqualTo("FINISHED");
  }

  @Test
  void aRunThatFailsFailsTheNetworkThatIsInTrainingAndNotTheOneThatIsTrained() {
    Tracking tracking = tracking(Duration.ofSeconds(30));
    tracking.begin("resnet18");
    tracking.trained("resnet18");
    tracking.begin("resfcn18");
    tracking.failed();

    assertThat(mlflow.runs())
        .extracting(RecordingMlflow.Run::status)
        .containsExactly("FINISHED", "FAILED");
  }

  @Test
  void aServerThatFailsIsToldOfOnceAndGetsWhatItMissedWhenItWorksAgain() throws Exception {
    mlflow.failing = 500;
    Tracking tracking = tracking(Duration.ofSeconds(30));
    assertThat(said.take()).isEqualTo("Logging to MLflow at " + mlflow.uri());
    tracking.begin("resnet18");
    assertThat(said.take())
        .isEqualTo(
            "Cannot log to MLflow at %s: it answered experiments/get-by-name with 500, the database"
                    .formatted(mlflow.uri())
                + " is gone; the tables hold everything, and the next rows try again");
    tracking.epoch("resnet18", 1, Map.of("loss/train", 1.0));
    tracking.epoch("resnet18", 2, Map.of("loss/train", 0.5));
    mlflow.failing = 0;
    tracking.trained("resnet18");
    tracking.finished();

    assertThat(said)
        .containsExactly(
            "Logging to MLflow at %s again; nothing is missing there".formatted(mlflow.uri()));
    assertThat(mlflow.runs().get(0).metrics())
        .containsExactly("1 loss/train 1.0", "2 loss/train 0.5");
    assertThat(mlflow.runs().get(0).status()).isEqualTo("FINISHED");
  }

  @Test
  void aServerThatFailsToTheEndIsToldOfOnceMore() {
    mlflow.failing = 503;
    Tracking tracking = tracking(Duration.ofSeconds(30));
    tracking.begin("resnet18");
    tracking.epoch("resnet18", 1, Map.of("loss/train", 1.0));
    tracking.finished();

    assertThat(said)
        .hasSize(3)
        .last()
        .asString()
        .isEqualTo(
            "Gave up logging to MLflow at %s, where the last rows are missing: it answered"
                    .formatted(mlflow.uri())
                + " experiments/get-by-name with 503, the database is gone; the tables hold them");
  }

  @Test
  void aSlowServerDoesNotHoldUpTheTraining() throws Exception {
    mlflow.isSlow = true; // it answers when the test lets it
    Tracking tracking = tracking(Duration.ofMinutes(5));
    tracking.begin("resnet18");
    for (int epoch = 1; epoch <= 100; epoch++) {
      tracking.epoch("resnet18", epoch, Map.of("loss/train", 1.0 / epoch));
    }
    assertThat(mlflow.runs()).isEmpty(); // all were taken, and none has arrived
    mlflow.isSlow = false;
    mlflow.slow.countDown();
    tracking.finished();

    assertThat(mlflow.runs().get(0).metrics()).hasSize(100);
  }

  @Test
  void aServerThatNeverAnswersIsGivenUpAtTheEnd() throws Exception {
    mlflow.isSlow = true;
    Sink sink = sink(Duration.ofMinutes(5));
    Delivery delivery = new Delivery(sink, said::add);
    delivery.send(of -> of.begin("resnet18"));
    delivery.close(Duration.ofMillis(100));

    assertThat(said.poll(10, TimeUnit.SECONDS)).startsWith("Cannot log to MLflow at");
    assertThat(said.poll(10, TimeUnit.SECONDS))
        .isEqualTo(
            "Gave up logging to MLflow at %s, where the last rows are missing: it was not done in"
                    .formatted(mlflow.uri())
                + " time; the tables hold them");
  }

  @Test
  void aFolderThatCannotBeMadeIsToldByItsNameAndTheKindOfFailure(@TempDir Path folder)
      throws IOException {
    Path taken = Files.writeString(folder.resolve("mlruns"), "a file where a folder should be");
    Tracking tracking = Tracking.to(List.of(new MlflowFolder(taken, "kennel", RUN)), said::add);
    tracking.begin("resnet18");
    tracking.finished();

    assertThat(said)
        .element(1)
        .asString()
        .startsWith("Cannot log to MLflow in " + taken + ": FileSystemException: " + taken);
  }

  @Test
  void rowsAfterTheEndAreLetGo() {
    Tracking tracking = tracking(Duration.ofSeconds(30));
    tracking.failed();
    tracking.epoch("resnet18", 1, Map.of("loss/train", 1.0));

    assertThat(mlflow.runs()).isEmpty();
  }

  @Test
  void settingsAreTextsByTheirKeys() {
    String json =
        "{\"a\":{\"b\":0.15,\"c\":null},\"networks\":[\"x\",\"y\"],\"flip\":true,\"d\":\"\"}";

    assertThat(SettingsTexts.of(json))
        .containsExactly(
            Map.entry("a.b", "0.15"),
            Map.entry("flip", "true"),
            Map.entry("networks", "[\"x\",\"y\"]"));
  }

  private Tracking tracking(Duration patience) {
    return Tracking.to(List.of(sink(patience)), said::add);
  }

  private Sink sink(Duration patience) {
    return new MlflowServer(new MlflowApi(mlflow.uri(), Map.of(), patience), "kennel", RUN);
  }
}
