package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.config.EarlyStoppingSettings;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
  @Test
  void aTrainingEndsWhenAccuracyHasNotRisenForAsManyEpochsAsItsPatience() {
    EarlyStopping stopping = accuracies(2, 0, 0.3, 0.5, 0.4, 0.5, 0.9);
    assertThat(stopping.endsWith(0)).isFalse();
    assertThat(stopping.endsWith(2)).isFalse();
    assertThat(stopping.endsWith(3)).isFalse();
    assertThat(stopping.endsWith(4)).isTrue(); // as good is not better
    assertThat(stopping.best(4)).isEqualTo(2);
  }

  @Test
  void aRiseBeginsTheWaitingAnew() {
    EarlyStopping stopping = accuracies(2, 0, 0.3, 0.2, 0.4, 0.3, 0.2);
    assertThat(stopping.endsWith(4)).isFalse();
    assertThat(stopping.endsWith(5)).isTrue();
  }

  @Test
  void aRiseByLessThanTheLeastIsNone() {
    EarlyStopping stopping = accuracies(2, 0.05, 0.3, 0.34, 0.36);
    assertThat(stopping.endsWith(3)).isFalse();
    assertThat(stopping.best(3)).isEqualTo(3); // 0.06 above the best
    assertThat(accuracies(1, 0.05, 0.3, 0.34).endsWith(2)).isTrue();
  }

  @Test
  void ofLossesLessIsBetterAndOneThatIsNoNumberIsWorst() {
    EarlyStopping stopping = new EarlyStopping(new EarlyStoppingSettings(1, "loss", 0));
    stopping.note(1, 0, Double.NaN);
    stopping.note(2, 0, 3);
    stopping.note(3, 0, 2);
    stopping.note(4, 0, Double.NaN);
    assertThat(stopping.endsWith(2)).isFalse();
    assertThat(stopping.endsWith(3)).isFalse();
    assertThat(stopping.endsWith(4)).isTrue();
  }

  @Test
  void withoutPatienceNoTrainingEndsEarly() {
    assertThat(accuracies(0, 0, 0.3, 0.2, 0.1).endsWith(3)).isFalse();
  }

  @Test
  void aTrainingWhoseLossIsNoNumberEndsWithoutPatienceToo() {
    EarlyStopping stopping = accuracies(0, 0);
    stopping.noteTraining(1, 4.8);
    stopping.noteTraining(2, Double.POSITIVE_INFINITY); // of one example, which may be mended
    stopping.noteTraining(3, Double.NaN);
    assertThat(stopping.endsWith(2)).isFalse();
    assertThat(stopping.endsWith(3)).isTrue();
    assertThat(stopping.hasDiverged(2)).isFalse();
    assertThat(stopping.hasDiverged(3)).isTrue();
  }

  private static EarlyStopping accuracies(int patience, double minDelta, double... values) {
    EarlyStopping stopping =
        new EarlyStopping(new EarlyStoppingSettings(patience, "accuracy", minDelta));
    for (int i = 0; i < values.length; i++) {
      stopping.note(i + 1, values[i], 0);
    }
    return stopping;
  }
}
