package dev.kennel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepLoaderTest {
  private static final String BASE = "networks = [customcnn], validation-fraction = 0.2\n";

  @TempDir private Path folder;

  @Test
  void eachCombinationIsACandidateAndThoseWrittenOutFollow() throws IOException {
    SweepPlan plan =
        load(
            """
            sweep {
              settings {
                momentum = [0, 0.9]
                augmentation.random-erasing.scale = [[0.02, 0.3]]
                learning-rate = [1e-2, 0.05]
              }
              candidates = [{ schedule.name = cosine }, {}]
            }
            """);
    List<SweepCandidate> candidates = plan.candidates().get("customcnn");
    assertThat(candidates)
        .extracting(SweepCandidate::number, SweepCandidate::text)
        .extracting(Object::toString)
        .containsExactly(
            "(1, \"%s\")".formatted(tried("1e-2", "0")),
            "(2, \"%s\")".formatted(tried("1e-2", "0.9")),
            "(3, \"%s\")".formatted(tried("0.05", "0")),
            "(4, \"%s\")".formatted(tried("0.05", "0.9")),
            "(5, \"augmentation.random-erasing.scale [0.02,0.33], learning-rate auto, momentum 0.9,"
                + " schedule.name cosine\")",
            "(6, \"augmentation.random-erasing.scale [0.02,0.33], learning-rate auto, momentum 0.9,"
                + " schedule.name one-cycle\")");
    Settings third = candidates.get(2).settings(7);
    assertThat(third.epochs()).isEqualTo(7);
    assertThat(third.optimizer().momentum()).isZero();
    assertThat(third.networks().get("customcnn").learningRate()).isEqualTo(0.05);
    assertThat(third.json()).contains("\"name\":\"dogs\"").doesNotContain("sweep");
  }

  private static String tried(String rate, String momentum) {
    return "augmentation.random-erasing.scale [0.02,0.3], learning-rate %s, momentum %s, schedule.name one-cycle"
        .formatted(rate, momentum);
  }

  @Test
  void aThirdGoesOnForThreeTimesTheEpochsUntilOneIsLeft() throws IOException {
    // 12 candidates: 3 rounds can decide between 27
    SweepPlan plan =
        load(
            "epochs = 18, sweep.settings { momentum = [0, 0.5, 0.9], batch-size = [2, 4, 8, 16] }");
    assertThat(plan.epochs()).containsExactly(2, 6, 18);
    assertThat(plan.trainings("customcnn")).containsExactly(12, 4, 1);
    assertThat(plan.trainings()).isEqualTo(17);
    assertThat(plan.mostEpochs()).isEqualTo(12 * 2 + 4 * 6 + 18);
  }

  @Test
  void aCandidateWithEpochsOfItsOwnHasAsLargeAShareOfThemInEachRound() throws IOException {
    SweepPlan plan =
        load(
            "sweep { epochs = [3, 20], candidates = [{}, { image-size = 16, epochs = 50 }, { epochs = 1 }] }");
    assertThat(plan.candidates().get("customcnn"))
        .extracting(SweepCandidate::text, of -> plan.epochs(of, 0), of -> plan.epochs(of, 1))
        .containsExactly(
            tuple("epochs 20, image-size auto", 3, 20),
            tuple("epochs 50, image-size 16", 8, 50), // 7.5
            tuple("epochs 1, image-size auto", 1, 1));
    assertThat(plan.mostEpochs()).isEqualTo(3 + 8 + 1 + 50);
    assertThat(plan.areEpochsEqual()).isFalse();
    assertThat(load("epochs = 5, sweep.candidates = [{ epochs = 5 }]").areEpochsEqual()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "dogs-sweep-resnet18, resnet18, 7",
    "dogs-sweep-resfcn18, resfcn18, 8",
    "sweep-example, customcnn, 8"
  })
  void theSearchesThatComeWithItCanBeRun(String file, String network, int candidates) {
    SweepPlan plan =
        SweepLoader.load("conf/" + file + ".conf", Optional.empty(), Map.of(), List.of());
    assertThat(plan.candidates()).containsOnlyKeys(network);
    assertThat(plan.candidates().get(network)).hasSize(candidates);
  }

  @Test
  void theRoundsAreNoMoreThanTheEpochsAllow() throws IOException {
    assertThat(load("epochs = 3, sweep.settings.batch-size = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]"))
        .extracting(SweepPlan::epochs)
        .isEqualTo(List.of(1, 3));
  }

  @Test
  void theLastCandidateIsTrainedInTheLastRoundAtOnce() throws IOException {
    SweepPlan plan = load("sweep { epochs = [1, 2, 3, 4], settings.momentum = [0, 0.5, 0.9] }");
    assertThat(plan.trainings("customcnn")).containsExactly(3, 0, 0, 1);
  }

  @Test
  void aSampleIsDrawnByTheSeedAndKeepsItsOrder() throws IOException {
    String text = "sweep { sample = 3, settings.batch-size = [2, 4, 8, 16, 32, 64], name = some }";
    List<String> drawn = texts(load(text));
    assertThat(drawn).hasSize(3).isEqualTo(texts(load(text)));
    assertThat(drawn)
        .isSortedAccordingTo(
            Comparator.comparing(of -> Integer.valueOf(of.replace("batch-size ", ""))));
    assertThat(texts(load("seed = 1\n" + text))).isNotEqualTo(drawn);
  }

  private static List<String> texts(SweepPlan plan) {
    return plan.candidates().get("customcnn").stream().map(SweepCandidate::text).toList();
  }

  @Test
  void candidatesThatAreTheSameForANetworkAreOne() throws IOException {
    SweepPlan plan =
        load(
            "networks = [customcnn, resnet18]\n"
                + "sweep.settings.network.resnet18.learning-rate = [0.01, 0.02, 0.03]");
    assertThat(plan.candidates().get("resnet18"))
        .extracting(SweepCandidate::text)
        .containsExactly("learning-rate 0.01", "learning-rate 0.02", "learning-rate 0.03");
    assertThat(plan.candidates().get("customcnn")).hasSize(1);
    assertThat(plan.told()).isEqualTo(3);
  }

  @Test
  void optionsGoBeforeTheFileAndTheFileBeforeItsConfig() throws IOException {
    Path file = write("batch-size = 8, sweep.settings.momentum = [0, 0.9]");
    SweepPlan plan =
        SweepLoader.load(
            file.toString(), Optional.of("samples"), Map.of("epochs", 5), List.of("workers=3"));
    Settings settings = plan.candidates().get("customcnn").get(0).settings(plan.lastEpochs());
    assertThat(settings.epochs()).isEqualTo(5);
    assertThat(settings.workers()).hasValue(3);
    assertThat(settings.batchSize()).isEqualTo(8);
    assertThat(settings.averagingFrequency()).isEqualTo(2); // as in samples
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "epochs = 3 | Cannot sweep by DOGS: it has no block sweep { … }, which says what is tried",
        "sweep {} | Cannot sweep by DOGS: it has no candidate; give values in sweep.settings",
        "sweep.candidates = [] | Cannot sweep by DOGS: it has no candidate",
        "sweep.settings {} | Cannot sweep by DOGS: it has no candidate",
        "sweep.settings.momentun = [0, 1] | Unknown setting momentun in DOGS, sweep: did you mean momentum?",
        "sweep.candidates = [{ momentun = 0 }] | Unknown setting momentun in DOGS, sweep: did you mean",
        "epoch = 3, sweep.settings.momentum = [0] | Unknown setting epoch in DOGS: did you mean epochs?",
        "sweep.setings.momentum = [0] | Unknown key of sweep setings: did you mean settings?",
        "sweep.settings.momentum = 0.9 | Cannot sweep over momentum: sweep.settings has no list of values",
        "sweep.settings.momentum = [] | Cannot sweep over momentum: sweep.settings has no list of values",
        "sweep.settings.momentum = [2] | Cannot use momentum 2.0: it lies in [0, 1)",
        "sweep.settings.seed = [1, 2] | Cannot sweep over seed: it is the same for all candidates",
        "sweep.settings.tracking.mlflow = [a] | Cannot sweep over tracking.mlflow: it is the same for",
        "sweep.settings.network.resnet18.image-size = [64] | Cannot sweep over network.resnet18.image-size: resnet18 is not among the networks (customcnn)",
        "momentum = 0, learning-rate = 0.1, sweep.settings.network.customcnn.learning-rate = [1] | Cannot sweep over network.customcnn.learning-rate: learning-rate goes before it",
        "learning-rate = 0.1, optimizer = adamw, sweep.settings.network.customcnn.adamw-learning-rate = [1] | Cannot sweep over network.customcnn.adamw-learning-rate: learning-rate goes before it",
        "optimizer = adamw, sweep.settings.network.customcnn.learning-rate = [1] | Cannot use network.customcnn.learning-rate, the learning rate of sgd, with optimizer adamw: set network.customcnn.adamw-learning-rate",
        "sweep.candidates = [{ epochs = 0 }] | Cannot use epochs 0: it is 1 or more",
        "sweep { settings.momentum = [0, 0.9], sample = 3 } | Cannot draw a sweep.sample of 3 from 2 combinations",
        "sweep { candidates = [{}], sample = 1 } | Cannot draw a sweep.sample without sweep.settings",
        "sweep { candidates = [{}], epochs = [2, 2] } | Cannot use sweep.epochs [2, 2]: they are one number a round",
        "sweep { candidates = [{}], epochs = [1], rounds = 1 } | Cannot use sweep.rounds together with sweep.epochs",
        "epochs = 4, sweep { candidates = [{}], rounds = 4 } | Cannot have 4 rounds of at most 4 epochs, with factor 3: they would be [0, 0, 1, 4]",
        "sweep { candidates = [{}], factor = 1 } | Cannot use sweep.factor 1: it is 2 or more",
        "sweep { candidates = [{}], measure = f1 } | Cannot rank candidates by \"f1\": sweep.measure is accuracy or loss",
        "seeds = [1, 2], sweep.candidates = [{}] | Cannot sweep with several seeds",
        "validation-fraction = 0, sweep.candidates = [{}] | Cannot sweep without images for validation: candidates are not chosen by"
      })
  void aMistakeIsToldWithTheWayOut(String text, String message) throws IOException {
    assertThatThrownBy(() -> load(text))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(message.replace("DOGS", folder.resolve("dogs.conf").toString()));
  }

  @Test
  void theSettingsOfARunAreWrittenAsWhatIsNotADefault() throws IOException {
    SweepPlan plan =
        load(
            "images = dogs, output = elsewhere, seed = 5, schedule.name = cosine\n"
                + "sweep.settings.network.customcnn.learning-rate = [0.05]");
    String json = plan.candidates().get("customcnn").get(0).settings(9).json();
    Path preset =
        Files.writeString(folder.resolve("best.conf"), PresetText.of(List.of("Why"), json));
    assertThat(preset)
        .content()
        .startsWith(
            "# Why\n# By this file, the images that were held out for that are trained on, too.\n")
        .contains("epochs=9", "images=dogs", "name=cosine")
        .doesNotContain("output", "momentum", "resnet18", "augmentation", "validation");
    Settings again = SettingsLoader.load(Optional.of(preset.toString()), Map.of(), List.of());
    assertThat(again.epochs()).isEqualTo(9);
    assertThat(again.networks().get("customcnn").learningRate()).isEqualTo(0.05);
    assertThat(
            SettingsLoader.loadRuns(
                Optional.of(preset.toString()), Map.of("seeds", "1,2"), List.of()))
        .extracting(Settings::seed)
        .containsExactly(1L, 2L);
  }

  @Test
  void imagesThatEndATrainingEarlyStayHeldOut() throws IOException {
    SweepPlan plan = load("early-stopping.patience = 3, sweep.candidates = [{}]");
    String json = plan.candidates().get("customcnn").get(0).settings(9).json();
    assertThat(PresetText.of(List.of("Why"), json))
        .startsWith("# Why\n")
        .contains("validation-fraction=0.2", "patience=3")
        .doesNotContain("By this file");
  }

  private SweepPlan load(String text) throws IOException {
    return SweepLoader.load(write(text).toString(), Optional.empty(), Map.of(), List.of());
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("dogs.conf"), BASE + text);
  }
}
