package dev.kennel.report;

import java.util.Arrays;

/**
 * How often each test image was answered, and how often rightly: by one network, in one run or in
 * several that repeat each other.
 *
 * @param right right answers by image
 * @param answers all answers by image, the same images in the same order; 0: it was not tested
 */
@SuppressWarnings("ArrayRecordComponent") // thousands of them in the inner loop of the bootstrap
record Outcomes(int[] right, int[] answers) {

  /** Without any answer. */
  static Outcomes none(int images) {
    return new Outcomes(new int[images], new int[images]);
  }

  boolean isEmpty() {
    return Arrays.stream(answers).allMatch(count -> count == 0);
  }

  boolean has(int image) {
    return answers[image] > 0;
  }

  /** The share of right answers to an image. */
  double accuracy(int image) {
    return (double) right[image] / answers[image];
  }

  double accuracy() {
    return (double) Arrays.stream(right).sum() / Arrays.stream(answers).sum();
  }

  /** What of these concerns images that the other has answered too. */
  Outcomes sharedWith(Outcomes other) {
    boolean isAll = true;
    Outcomes shared = new Outcomes(right.clone(), answers.clone());
    for (int image = 0; image < answers.length; image++) {
      if (has(image) && !other.has(image)) {
        shared.right[image] = 0;
        shared.answers[image] = 0;
        isAll = false;
      }
    }
    return isAll ? this : shared;
  }
}
