package dev.kennel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AnswerTest {
  private static final float[] SEVEN = {9, 0.1f, 0.3f, 0.05f, 0.2f, 0.15f, 0.12f, 0.08f};

  @Test
  void thePredictionIsTheMostLikelyClassAndTheFiveBestComeInOrder() {
    Answer answer = Answer.of(SEVEN, 1, 7, 3);
    assertThat(answer.predicted()).isEqualTo(1);
    assertThat(answer.probability()).isCloseTo(0.3, within(1e-7));
    assertThat(answer.top5()).containsExactly(1, 3, 4, 5, 0);
    assertThat(answer.isRight()).isFalse();
    assertThat(answer.isInTop5()).isTrue();
    assertThat(answer.loss()).isCloseTo(-Math.log(0.2), within(1e-7));
  }

  @Test
  void theSixthBestIsNotAmongTheFive() {
    assertThat(Answer.of(SEVEN, 1, 7, 6).isInTop5()).isFalse();
  }

  @Test
  void twoClassesGiveTwoBest() {
    assertThat(Answer.of(new float[] {0.25f, 0.75f}, 0, 2, 1).top5()).containsExactly(1, 0);
  }

  @Test
  void onATieTheLowerLabelWins() {
    assertThat(Answer.of(new float[] {0.4f, 0.2f, 0.4f}, 0, 3, 2).predicted()).isZero();
  }

  @Test
  void aProbabilityThatRoundsToZeroHasALargeFiniteLoss() {
    assertThat(Answer.of(new float[] {1, 0}, 0, 2, 1).loss()).isBetween(100.0, 104.0);
  }

  @Test
  void ofAMixedImageTheGreatestShareIsTheLabelAndTheLossIsTheMeanByShares() {
    float[] probabilities = {9, 9, 9, 0.5f, 0.3f, 0.2f};
    float[] shares = {9, 9, 9, 0.25f, 0, 0.75f};
    Answer answer = Answer.of(probabilities, shares, 3, 3);
    assertThat(answer.label()).isEqualTo(2);
    assertThat(answer.predicted()).isZero();
    assertThat(answer.loss()).isCloseTo(-0.25 * Math.log(0.5) - 0.75 * Math.log(0.2), within(1e-7));
  }

  @Test
  void ofTwoHalvesTheLowerLabelIsTheImages() {
    float[] shares = {0, 0.5f, 0.5f};
    assertThat(Answer.of(new float[] {0.1f, 0.2f, 0.7f}, shares, 0, 3).label()).isEqualTo(1);
  }

  @Test
  void anImageThatIsWhollyOfAClassHasTheAnswerOfItsLabel() {
    float[] shares = {9, 0, 0, 0, 0, 1, 0, 0};
    Answer mixed = Answer.of(SEVEN, shares, 1, 7);
    Answer plain = Answer.of(SEVEN, 1, 7, 4);
    assertThat(mixed.loss()).isEqualTo(plain.loss());
    assertThat(mixed.label()).isEqualTo(plain.label());
    assertThat(mixed.top5()).isEqualTo(plain.top5());
  }
}
