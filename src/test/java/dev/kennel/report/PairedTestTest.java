package dev.kennel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PairedTestTest {

  /** Of 6 images 1 or fewer is B's with probability (1 + 6) / 64; both tails make 14 / 64. */
  @Test
  void fiveToOneIsNotSignificant() {
    PairedTest test = new PairedTest("r", "a", "b", 10, 5, 1, 4);

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
    PairedTest test = new PairedTest("r", "a", "b", 10, 6, 0, 4);

    assertThat(test.exactP()).isCloseTo(2.0 / 64, within(1e-12));
    assertThat(test.verdict())
        .isEqualTo("a beats b by 30.0 points on 20 test images (McNemar exact p = 0.031).");
  }

  @Test
  void theTestDoesNotDependOnWhichNetworkIsCalledA() {
    PairedTest test = new PairedTest("r", "a", "b", 10, 0, 6, 4);

    assertThat(test.swapped()).isEqualTo(new PairedTest("r", "b", "a", 10, 6, 0, 4));
    assertThat(test.exactP()).isEqualTo(test.swapped().exactP());
    assertThat(test.verdict()).isEqualTo(test.swapped().verdict());
  }

  /** Twice P(X ≤ 2) of 4 is 22 / 16, more than a probability can be. */
  @Test
  void twoToTwoHasThePValueOne() {
    PairedTest test = new PairedTest("r", "a", "b", 1, 2, 2, 0);

    assertThat(test.exactP()).isEqualTo(1);
    assertThat(test.verdict())
        .isEqualTo("a and b are equally accurate on 5 test images (McNemar exact p = 1.000).");
  }

  @Test
  void networksThatNeverDifferHaveThePValueOne() {
    assertThat(new PairedTest("r", "a", "b", 3, 0, 0, 2).exactP()).isEqualTo(1);
  }

  /**
   * The sum of binomial(60, i) / 2^60 for i from 0 to 6, twice, in exact integers: 9.722962e-11.
   */
  @Test
  void fiftyFourToSixIsWhatTheSumOfBinomialsSays() {
    assertThat(new PairedTest("r", "a", "b", 57, 54, 6, 36).exactP())
        .isCloseTo(9.722961671898567e-11, within(1e-20));
  }

  @Test
  void aVeryStrongDifferenceKeepsReadableDigits() {
    // 2 / 2^40 = 1.8e-12
    assertThat(new PairedTest("r", "a", "b", 0, 40, 0, 0).verdict()).contains("p = 1.8e-12)");
    // 2 / 2^100 = 1.6e-30
    assertThat(new PairedTest("r", "a", "b", 0, 100, 0, 0).verdict()).contains("p = 1.6e-30)");
    // 2 / 2^2000 is less than any double
    assertThat(new PairedTest("r", "a", "b", 0, 2000, 0, 0).verdict()).contains("p < 1e-300)");
  }

  @Test
  void withoutSharedImagesThereIsNothingToCompare() {
    PairedTest test = new PairedTest("r", "a", "b", 0, 0, 0, 0);

    assertThat(test.testImages()).isZero();
    assertThat(test.exactP()).isNaN();
    assertThat(test.verdict())
        .isEqualTo("a and b have no predictions of the same test images to compare.");
  }
}
