package dev.kennel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The values that each of the records takes. */
class SettingsTest {
  private static final Optional<String> NONE = Optional.empty();

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
    "momentum,                 -0.1,    -0.1",
    "momentum,                  1,       1.0",
    "weight-decay,             -0.0001, -1.0E-4",
    "weight-decay,              1,       1.0",
    "schedule.warm-up,         -0.1,    -0.1",
    "schedule.warm-up,          1,       1.0",
    "schedule.initial-divisor,  0.9,     0.9",
    "schedule.final-divisor,    0,       0.0",
    "schedule.step-epochs,      0,       0",
    "schedule.step-factor,      0,       0.0",
    "schedule.step-factor,      1.1,     1.1",
    "augmentation.shift,       -0.1,    -0.1",
    "augmentation.shift,        0.51,    0.51"
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
    "momentum,                 0",
    "weight-decay,             0",
    "schedule.warm-up,         0",
    "schedule.initial-divisor, 1",
    "schedule.final-divisor,   1",
    "schedule.step-epochs,     1",
    "schedule.step-factor,     1",
    "augmentation.shift,       0",
    "augmentation.shift,       0.5",
    "seed,                    -1"
  })
  void theEndsOfARangeAreTaken(String key, String value) {
    assertThatCode(() -> load(key, value)).doesNotThrowAnyException();
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
  void imagesAreOneFolderOrTwoOrTheSamples() {
    assertThat(new ImageSettings(NONE, NONE, NONE, 0.2, 0).areSamples()).isTrue();
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
    String message = "Cannot read images: the name of their folder is empty";

    assertThatThrownBy(() -> images(blank, null, null))
        .isInstanceOf(UserError.class)
        .hasMessage(message);
    assertThatThrownBy(() -> images(null, "dogs/train", blank))
        .isInstanceOf(UserError.class)
        .hasMessage(message);
  }

  @Test
  void anotherFolderKeepsTheShares() {
    ImageSettings samples = new ImageSettings(NONE, NONE, NONE, 0.25, 0.125);

    assertThat(samples.withFolder("samples/images"))
        .isEqualTo(new ImageSettings(Optional.of("samples/images"), NONE, NONE, 0.25, 0.125));
  }

  private static Settings load(String key, String value) {
    return SettingsLoader.load(Optional.empty(), Map.of(), List.of(key + "=" + value));
  }

  private static ImageSettings images(String folder, String train, String test) {
    return new ImageSettings(
        Optional.ofNullable(folder),
        Optional.ofNullable(train),
        Optional.ofNullable(test),
        0.2,
        0.05);
  }
}
