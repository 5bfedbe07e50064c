package dev.kennel.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RandomErasingTest {
  private static final Range SQUARE = new Range(1, 1);

  @Test
  void aRectangleOfEveryChannelBecomesZeroAndNothingElse() {
    float[] batch = ones(3 * 3 * 9);

    RandomErasing.erase(FloatBuffer.wrap(batch, 27, 27).slice(), 3, new Box(1, 0, 2, 1));

    float[] expected = ones(3 * 3 * 9);
    for (int at : new int[] {1, 2, 10, 11, 19, 20}) {
      expected[27 + at] = 0;
    }
    assertThat(batch).isEqualTo(expected);
  }

  @Test
  void theRatioIsHeightByWidth() {
    // 4 of 64 pixels, four times as high as wide
    float[] image = ones(3 * 64);
    new RandomErasing(1, new Range(0.0625, 0.0625), new Range(4, 4))
        .apply(FloatBuffer.wrap(image), 8, new SplittableRandom(1));

    int first = firstZero(image);
    assertThat(zeros(image)).isEqualTo(3 * 4);
    assertThat(new float[] {image[first + 8], image[first + 16], image[first + 24]})
        .containsOnly(0);
  }

  @Test
  void theProbabilityIsTheShareOfImagesThatLoseAPart() {
    RandomErasing erasing = new RandomErasing(0.25, new Range(0.25, 0.25), SQUARE);
    int erased = 0;
    for (long seed = 0; seed < 2000; seed++) {
      float[] image = ones(3 * 16);
      erasing.apply(FloatBuffer.wrap(image), 4, new SplittableRandom(seed));
      assertThat(zeros(image)).isIn(0, 3 * 4);
      erased += zeros(image) > 0 ? 1 : 0;
    }

    assertThat(erased).isBetween(440, 560);
  }

  @Test
  void aPartAsLargeAsTheImageDoesNotFit() {
    float[] image = ones(3 * 16);
    new RandomErasing(1, new Range(1, 1), SQUARE)
        .apply(FloatBuffer.wrap(image), 4, new SplittableRandom(1));

    assertThat(image).containsOnly(1);
  }

  private static float[] ones(int length) {
    float[] ones = new float[length];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static int firstZero(float[] image) {
    int at = 0;
    while (image[at] != 0) {
      at++;
    }
    return at;
  }

  private static int zeros(float[] image) {
    int zeros = 0;
    for (float value : image) {
      zeros += value == 0 ? 1 : 0;
    }
    return zeros;
  }
}
