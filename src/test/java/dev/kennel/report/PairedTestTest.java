package dev.kennel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PairedTestTest {

  /** Of 6 images 1 or fewer is B's with probability (1 + 6) / 64; both tails make 14 / 64. */
  @Test
  void fiveToOneIsNotSignificant() {
    PairedTest test = test(10, 5, 1, 4);

    assertThat(test.exactP()).isCloseTo(14.0 / 64, within(1e-12));
    assertThat(test.accuracyDifference()).isCloseTo(4.0 / 20, within(1e-12));
    assertThat(test.verdict())
        .isEqualTo(
            "a leads b by 20.0 points on 20 test images (McNemar exact p = 0.219), which is not"
                + " significant at 5 %.");
  }

  /** Of 6 images none is B's with probability 1 / 64; both tails make 2 / 64. */
  @Test
  void sixToNoneIsSignificant() {
    PairedTest test = test(10, 6, 0, 4);

    assertThat(test.exactP()).isCloseTo(2.0 / 64, within(1e-12));
    assertThat(test.verdict())
        .isEqualTo("a beats b by 30.0 points on 20 test images (McNemar exact p = 0.031).");
  }

  @Test
  void theTestDoesNotDependOnWhichNetworkIsCalledA() {
    assertThat(test(10, 0, 6, 4).exactP()).isEqualTo(test(10, 6, 0, 4).exactP());
    assertThat(test(10, 0, 6, 4).verdict())
        .isEqualTo("b beats a by 30.0 points on 20 test images (McNemar exact p = 0.031).");
  }

  /** Of the images: A twice of two, B once; each once; neither; B once, A never. */
  @Test
  void ofRepeatedAnswersTheMoreOftenRightCounts() {
    int[] twice = {2, 2, 2, 2};
    Outcomes a = new Outcomes(new int[] {2, 1, 0, 0}, twice);
    Outcomes b = new Outcomes(new int[] {1, 1, 0, 1}, twice);

    PairedTest test =
        PairedTest.of("a", a, "b", b, Optional.of(new Interval(-0.25, 0.5)), List.of());

    assertThat(test)
        .isEqualTo(
            new PairedTest(
                "a", "b", true, 1, 1, 1, 1, 0, Optional.of(new Interval(-0.25, 0.5)), List.of()));
    assertThat(test.verdict())
        .isEqualTo("a and b are equally accurate on 4 test images (sign test p = 1.000).");
  }

  @Test
  void theIntervalOfTheDifferenceIsTheLeaders() {
    Interval interval = new Interval(-0.4, -0.1);
    assertThat(
            new PairedTest("a", "b", false, 10, 0, 6, 4, -0.3, Optional.of(interval), List.of())
                .verdict())
        .startsWith("b beats a by 30.0 points (95 % interval 10.0 to 40.0) on 20 test images");
  }

  /** Twice P(X ≤ 2) of 4 is 22 / 16, more than a probability can be. */
  @Test
  void twoToTwoHasThePValueOne() {
    PairedTest test = test(1, 2, 2, 0);

    assertThat(test.exactP()).isEqualTo(1);
    assertThat(test.verdict())
        .isEqualTo("a and b are equally accurate on 5 test images (McNemar exact p = 1.000).");
  }

  @Test
  void networksThatNeverDifferHaveThePValueOne() {
    assertThat(test(3, 0, 0, 2).exactP()).isEqualTo(1);
  }

  /**
   * The sum of binomial(60, i) / 2^60 for i from 0 to 6, twice, in exact integers: 9.722962e-11.
   */
  @Test
  void fiftyFourToSixIsWhatTheSumOfBinomialsSays() {
    assertThat(test(57, 54, 6, 36).exactP()).isCloseTo(9.722961671898567e-11, within(1e-20));
  }

  @Test
  void aVeryStrongDifferenceKeepsReadableDigits() {
    // 2 / 2^40 = 1.8e-12
    assertThat(test(0, 40, 0, 0).verdict()).contains("p = 1.8e-12)");
    // 2 / 2^100 = 1.6e-30
    assertThat(test(0, 100, 0, 0).verdict()).contains("p = 1.6e-30)");
    // 2 / 2^2000 is less than any double
    assertThat(test(0, 2000, 0, 0).verdict()).contains("p < 1e-300)");
  }

  @Test
  void withoutSharedImagesThereIsNothingToCompare() {
    PairedTest test = test(0, 0, 0, 0);

    assertThat(test.testImages()).isZero();
    assertThat(test.exactP()).isNaN();
    assertThat(test.verdict())
        .isEqualTo("a and b have no predictions of the same test images to compare.");
  }

  private static PairedTest test(int both, int onlyA, int onlyB, int neither) {
    double difference = (double) (onlyA - onlyB) / (both + onlyA + onlyB + neither);
    return new PairedTest(
        "a", "b", false, both, onlyA, onlyB, neither, difference, Optional.empty(), List.of());
  }
}
