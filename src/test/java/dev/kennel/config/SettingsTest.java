package dev.kennel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The values that each of the records takes. */
class SettingsTest {

  @ParameterizedTest
  @CsvSource({
    "test-fraction,             0,       0.0",
    "test-fraction,             1,       1.0",
    "test-fraction,             NaN,     NaN",
    "max-rejected,             -0.1,    -0.1",
    "max-rejected,              1.01,    1.01",
    "image-size,                7,       7",
    "image-size,                2049,    2049",
    "learning-rate,             0,       0.0",
    "learning-rate,             100.5,   100.5",
    "epochs,                    0,       0",
    "batch-size,                1,       1",
    "workers,                   0,       0",
    "threads,                  -1,      -1",
    "averaging-frequency,       0,       0",
    "warm-up-averaging-frequency, 0,     0",
    "momentum,                 -0.1,    -0.1",
    "momentum,                  1,       1.0",
    "weight-decay,             -0.0001, -1.0E-4",
    "weight-decay,              1,       1.0",
    "norm-weight-decay,        -0.1,    -0.1",
    "bias-weight-decay,         NaN,     NaN",
    "clip-grad-norm,           -1,      -1.0",
    "clip-grad-norm,            Infinity, Infinity",
    "adamw.beta1,               1,       1.0",
    "adamw.beta2,              -0.1,    -0.1",
    "adamw.epsilon,             0,       0.0",
    "lars.coefficient,          0,       0.0",
    "lars.coefficient,          1.5,     1.5",
    "schedule.warm-up,         -0.1,    -0.1",
    "schedule.warm-up,          1,       1.0",
    "schedule.initial-divisor,  0.9,     0.9",
    "schedule.final-divisor,    0,       0.0",
    "schedule.step-epochs,      0,       0",
    "schedule.step-factor,      0,       0.0",
    "schedule.step-factor,      1.1,     1.1",
    "augmentation.shift,       -0.1,    -0.1",
    "augmentation.shift,        0.51,    0.51",
    "augmentation.brightness,  -0.1,    -0.1",
    "augmentation.contrast,    -1,      -1.0",
    "augmentation.saturation,   NaN,     NaN",
    "augmentation.hue,          0.51,    0.51",
    "augmentation.randaugment.num-ops,          -1,  -1",
    "augmentation.randaugment.magnitude,        31,  31",
    "augmentation.random-erasing.probability,  1.1,  1.1",
    "augmentation.mixup-alpha, -0.2,    -0.2",
    "augmentation.cutmix-alpha, Infinity, Infinity",
    "progressive-resizing.initial-scale,      0,    0.0",
    "progressive-resizing.initial-scale,      1.1,  1.1",
    "progressive-resizing.delay-fraction,     -0.1, -0.1",
    "progressive-resizing.finetune-fraction,  NaN,  NaN",
    "progressive-resizing.size-increment,     0,    0",
    "augmentation.random-resized-crop.scale,  '[0, 1]',      '[0.0, 1.0]'",
    "augmentation.random-resized-crop.scale,  '[0.5, 1.1]',  '[0.5, 1.1]'",
    "augmentation.random-resized-crop.scale,  '[0.9, 0.1]',  '[0.9, 0.1]'",
    "augmentation.random-resized-crop.scale,  '[0.5]',       '[0.5]'",
    "augmentation.random-resized-crop.ratio,  '[0, 1]',      '[0.0, 1.0]'",
    "augmentation.random-erasing.scale,       '[-0.1, 0.3]', '[-0.1, 0.3]'",
    "augmentation.random-erasing.ratio,       '[3, 0.3]',    '[3.0, 0.3]'"
  })
  void aValueOutOfItsRangeIsAnErrorThatNamesIt(String key, String value, String shown) {
    assertThatThrownBy(() -> load(key, value))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot use " + key + " " + shown + ": it ");
  }

  @ParameterizedTest
  @CsvSource({
    "test-fraction,            0.001",
    "test-fraction,            0.999",
    "max-rejected,             0",
    "max-rejected,             1",
    "image-size,               8",
    "image-size,               2048",
    "learning-rate,            1e-9",
    "learning-rate,            100",
    "epochs,                   1",
    "batch-size,               2",
    "workers,                  1",
    "threads,                  1",
    "averaging-frequency,      1",
    "warm-up-averaging-frequency, 1",
    "momentum,                 0",
    "weight-decay,             0",
    "clip-grad-norm,           0",
    "adamw.beta1,              0",
    "lars.coefficient,         1",
    "schedule.warm-up,         0",
    "schedule.initial-divisor, 1",
    "schedule.final-divisor,   1",
    "schedule.step-epochs,     1",
    "schedule.step-factor,     1",
    "augmentation.shift,       0",
    "augmentation.shift,       0.5",
    "augmentation.brightness,  0",
    "augmentation.hue,         0.5",
    "augmentation.randaugment.magnitude,       30",
    "augmentation.random-erasing.probability,  1",
    "augmentation.random-resized-crop.scale,   '[1, 1]'",
    "augmentation.random-resized-crop.scale,   null",
    "augmentation.random-erasing.scale,        '[0, 1]'",
    "augmentation.mixup-alpha, 0",
    "progressive-resizing.delay-fraction,      0.8",
    "seed,                    -1"
  })
  void theEndsOfARangeAreTaken(String key, String value) {
    assertThatCode(() -> load(key, value)).doesNotThrowAnyException();
  }

  @Test
  void anUnknownOptimizerIsAnErrorThatNamesTheNearest() {
    assertThatThrownBy(() -> load("optimizer", "adam"))
        .isInstanceOf(UserError.class)
        .hasMessage("Unknown optimizer adam: did you mean adamw? Known are sgd, adamw, lars");
    assertThatThrownBy(() -> load("learning-rate-scaling", "square"))
        .isInstanceOf(UserError.class)
        .hasMessageEndingWith("Known are none, linear, sqrt");
  }

  @ParameterizedTest
  @CsvSource({"sgd, 0.02, 0.01", "adamw, 0.001, 0.0005", "lars, 2, 1"})
  void eachNetworkHasALearningRateForEachOptimizer(
      String optimizer, double resnet18, double resfcn18) {
    Map<String, Object> options = Map.of("images", "dogs", "optimizer", optimizer);
    Settings settings = SettingsLoader.load(Optional.empty(), options, List.of());
    assertThat(settings.networks().get("resnet18").learningRate()).isEqualTo(resnet18);
    assertThat(settings.networks().get("resfcn18").learningRate()).isEqualTo(resfcn18);
    Settings given = SettingsLoader.load(Optional.empty(), options, List.of("learning-rate=0.3"));
    assertThat(given.networks().get("resnet18").learningRate()).isEqualTo(0.3);
  }

  @ParameterizedTest
  @CsvSource({"NONE, 1", "LINEAR, 4", "SQRT, 2"})
  void theLearningRateGrowsWithFourWorkers(OptimizerSettings.Scaling scaling, double factor) {
    assertThat(scaling.factor(4)).isEqualTo(factor);
  }

  @Test
  void aNetworksOwnValuesAreCheckedToo() {
    List<String> set = List.of("images=dogs", "network.resnet18.image-size=4");

    assertThatThrownBy(() -> SettingsLoader.load(Optional.empty(), Map.of(), set))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot use image-size 4: it is 8 to 2048 pixels");
  }

  @Test
  void anEmptyOutputIsAnError() {
    assertThatThrownBy(() -> load("output", ""))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot write tables: output is empty; name a folder");
  }

  @Test
  void noNetworkIsAnError() {
    assertThatThrownBy(() -> load("networks", "[]"))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot train without a network: name one in networks");
  }

  @Test
  void mlflowIsAFolderOrAServer() {
    assertThat(tracking("mlruns").mlflowFolder()).contains(Path.of("mlruns"));
    assertThat(tracking("file:///data/mlruns").mlflowFolder()).contains(Path.of("/data/mlruns"));
    assertThat(tracking("mlruns").mlflowServer()).isEmpty();
    assertThat(tracking("http://host:5000").mlflowServer())
        .contains(URI.create("http://host:5000"));
    assertThat(tracking("HTTPS://host/a@b").mlflowServer()).isPresent();
    assertThat(tracking("https://host").mlflowFolder()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "sqlite:///mlflow.db,           sqlite:///mlflow.db",
    "databricks:profile,            databricks:profile",
    "file:mlruns,                   file:mlruns",
    "file://host/mlruns,            file://host/mlruns",
    "http:///path,                  http:///path",
    "http://host?token=1,           http://host?token=1",
    "http://ann:se cret@host,       http://host",
    "http://ann:se/cret@host,       http://host",
    "ftp://ann:secret@host,         ftp://host"
  })
  void anotherUriForMlflowIsAnErrorThatShowsNoPassword(String uri, String shown) {
    assertThatThrownBy(() -> tracking(uri))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot use tracking.mlflow %s: it is a folder, file:///FOLDER, http://HOST:PORT or"
                    .formatted(shown)
                + " https://HOST");
  }

  @Test
  void aPlaceWithoutANameIsAnError() {
    assertThatThrownBy(() -> tracking(" "))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot log to MLflow: tracking.mlflow is empty");
    assertThatThrownBy(() -> new TrackingSettings(Optional.of(""), Optional.empty(), "kennel"))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot write for TensorBoard: tracking.tensorboard is empty; name a folder");
    assertThatThrownBy(() -> new TrackingSettings(Optional.empty(), Optional.empty(), ""))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot use tracking.mlflow-experiment \"\": it is a name of 1 to 500 characters");
  }

  private static TrackingSettings tracking(String mlflow) {
    return new TrackingSettings(Optional.empty(), Optional.of(mlflow), "kennel");
  }

  @Test
  void imagesAreOneFolderOrTwoOrTheSamples() {
    assertThat(images(null, null, null).areSamples()).isTrue();
    assertThat(images("dogs", null, null).areSamples()).isFalse();
    assertThat(images(null, "dogs/train", "dogs/test").areSamples()).isFalse();
  }

  @Test
  void aTrainFolderWithoutATestFolderIsAnError() {
    String message =
        "Cannot train with only one of train-images and test-images: give both, or images alone";

    assertThatThrownBy(() -> images(null, "dogs/train", null))
        .isInstanceOf(UserError.class)
        .hasMessage(message);
    assertThatThrownBy(() -> images(null, null, "dogs/test"))
        .isInstanceOf(UserError.class)
        .hasMessage(message);
  }

  @Test
  void aFolderToSplitBesideTwoThatAreSplitIsAnError() {
    assertThatThrownBy(() -> images("dogs", "dogs/train", "dogs/test"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot use images together with train-images and test-images:"
                + " give one or the other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void aFolderWithoutANameIsAnError(String blank) {
    String message = "Cannot read images: the name of their folder or list is empty";

    assertThatThrownBy(() -> images(blank, null, null))
        .isInstanceOf(UserError.class)
        .hasMessage(message);
    assertThatThrownBy(() -> images(null, "dogs/train", blank))
        .isInstanceOf(UserError.class)
        .hasMessage(message);
  }

  @Test
  void anotherFolderKeepsTheRest() {
    ImageSettings samples = images(null, null, null);

    assertThat(samples.withFolder("samples/images"))
        .isEqualTo(images("samples/images", null, null));
  }

  @Test
  void listsComeInPairsAndWithAFolder() {
    assertThat(lists("dogs", "train.txt", "test.txt").trainName()).isEqualTo("train.txt");
    assertThatThrownBy(() -> lists("dogs", "train.txt", null))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot split images by only one of train-list and test-list: give both");
    assertThatThrownBy(() -> lists(null, "train.txt", "test.txt"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot use train-list and test-list without images: they name files of that folder");
  }

  @Test
  void aFoldIsOneOfTheFolds() {
    assertThatThrownBy(
            () -> SettingsLoader.load(Optional.empty(), Map.of("folds", 5), List.of("fold=6")))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot use fold 6: it lies from 1 to folds, which is 5");
    assertThatThrownBy(() -> load("folds", "1"))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot use folds 1: it is 2 or more, or 0");
  }

  @Test
  void anotherWordForDuplicatesIsAnError() {
    assertThatThrownBy(() -> load("duplicates", "keep"))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot use duplicates keep: it is error or drop");
  }

  private static Settings load(String key, String value) {
    return SettingsLoader.load(Optional.empty(), Map.of(), List.of(key + "=" + value));
  }

  private static ImageSettings images(String folder, String train, String test) {
    return images(folder, train, test, null, null);
  }

  private static ImageSettings lists(String folder, String train, String test) {
    return images(folder, null, null, train, test);
  }

  private static ImageSettings images(
      String folder, String train, String test, String trainList, String testList) {
    return new ImageSettings(
        Optional.ofNullable(folder),
        Optional.ofNullable(train),
        Optional.ofNullable(test),
        Optional.ofNullable(trainList),
        Optional.ofNullable(testList),
        Optional.empty(),
        0.25,
        0,
        0,
        1,
        "error",
        false,
        "full",
        0.125);
  }
}
