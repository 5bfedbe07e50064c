package dev.kennel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BootstrapTest {

  private static Outcomes outcomes(String answers) {
    int[] right = answers.chars().map(c -> c == '+' ? 1 : 0).toArray();
    int[] count = answers.chars().map(c -> c == ' ' ? 0 : 1).toArray();
    return new Outcomes(right, count);
  }

  /** Right answers among 100 drawn are binomial with one half: 40 and 60 are its 2.5 % ends. */
  @Test
  void theIntervalOfOneHalfOfAHundredImagesIsTheBinomials() {
    Outcomes half = outcomes("+-".repeat(50));

    Interval interval = Bootstrap.of(List.of(half)).accuracy(half);

    assertThat(interval.lower()).isCloseTo(0.40, within(0.011));
    assertThat(interval.upper()).isCloseTo(0.60, within(0.011));
  }

  @Test
  void twoNetworksThatAnswerAlikeDifferByNothingHoweverTheImagesFall() {
    Outcomes a = outcomes("+-+--+");
    Outcomes b = outcomes("+-+--+");

    assertThat(Bootstrap.of(List.of(a, b)).difference(a, b)).isEqualTo(new Interval(0, 0));
  }

  @Test
  void theSameImagesGiveTheSameIntervalWhateverElseIsResampled() {
    Outcomes a = outcomes("+-+--+".repeat(10));
    Outcomes b = outcomes("+ + -+".repeat(10));

    assertThat(Bootstrap.of(List.of(a, b)).accuracy(a))
        .isEqualTo(Bootstrap.of(List.of(a)).accuracy(a));
  }

  @Test
  void imagesThatWereNotAnsweredDoNotCount() {
    Outcomes a = outcomes("+".repeat(50) + " ".repeat(50));

    assertThat(Bootstrap.of(List.of(a)).accuracy(a)).isEqualTo(new Interval(1, 1));
  }

  /** An image answered twice, and rightly once, is one half of an image's weight wherever it is. */
  @Test
  void repeatedAnswersToOneImageAreDrawnTogether() {
    int[] twice = new int[100];
    Arrays.fill(twice, 2);
    int[] once = new int[100];
    Arrays.fill(once, 1);
    Outcomes half = new Outcomes(once, twice);

    assertThat(Bootstrap.of(List.of(half)).accuracy(half)).isEqualTo(new Interval(0.5, 0.5));
  }
}
