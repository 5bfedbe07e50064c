package dev.kennel.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.network.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
  /** Four images of class 0, 0, 1, 2, predicted as 0, 1, 1, 1. */
  private final Metrics metrics =
      Metrics.of(
          List.of(answer(0, 0, 0.1), answer(0, 1, 0.9), answer(1, 1, 0.2), answer(2, 1, 2.8)), 3);

  @Test
  void accuracyIsTheShareOfRightPredictions() {
    assertThat(metrics.examples()).isEqualTo(4);
    assertThat(metrics.accuracy()).isEqualTo(0.5);
  }

  @Test
  void lossIsTheMeanOverAllAnswers() {
    assertThat(metrics.loss()).isCloseTo(1.0, within(1e-12));
  }

  @Test
  void recallOfAClassIsTheShareOfItsImagesThatWereFound() {
    assertThat(metrics.classes().get(0).recall()).isEqualTo(0.5);
    assertThat(metrics.classes().get(1).recall()).isEqualTo(1);
    assertThat(metrics.classes().get(2).recall()).isZero();
  }

  @Test
  void precisionOfAClassIsTheShareOfItsPredictionsThatAreRight() {
    assertThat(metrics.classes().get(0).precision()).isEqualTo(1);
    assertThat(metrics.classes().get(1).precision()).isCloseTo(1 / 3.0, within(1e-12));
  }

  @Test
  void aClassThatIsNeverPredictedHasPrecisionAndF1Zero() {
    assertThat(metrics.classes().get(2).precision()).isZero();
    assertThat(metrics.classes().get(2).f1()).isZero();
    assertThat(metrics.classes().get(2).support()).isEqualTo(1);
  }

  @Test
  void macroF1IsTheMeanOfTheClassesF1() {
    // 2 · 1 · 0.5 / 1.5 = 2/3; 2 · (1/3) · 1 / (4/3) = 1/2; 0
    assertThat(metrics.macroF1()).isCloseTo((2 / 3.0 + 0.5) / 3, within(1e-12));
  }

  @Test
  void confusionCountsEveryAnswerOnce() {
    assertThat(metrics.confusion().get(0)).containsExactly(1, 1, 0);
    assertThat(metrics.confusion().get(1)).containsExactly(0, 1, 0);
    assertThat(metrics.confusion().get(2)).containsExactly(0, 1, 0);
  }

  @Test
  void top5AccuracyCountsTheRightClassAmongTheFiveBest() {
    Answer among = new Answer(6, 0, 0.5, 1, new int[] {0, 1, 2, 3, 6});
    Answer not = new Answer(6, 0, 0.5, 1, new int[] {0, 1, 2, 3, 4});
    assertThat(Metrics.of(List.of(among, not), 7).top5Accuracy()).isEqualTo(0.5);
  }

  @Test
  void noAnswersHaveNoMetrics() {
    assertThatThrownBy(() -> Metrics.of(List.of(), 2)).isInstanceOf(IllegalArgumentException.class);
  }

  private static Answer answer(int label, int predicted, double loss) {
    return new Answer(label, predicted, 0.5, loss, new int[] {predicted});
  }
}
