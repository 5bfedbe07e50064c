package dev.kennel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class InputResizingTest {
  private static final Offset<Float> ROUNDING = within(1e-3f); // weights have 15 bits

  /**
   * At half the side a pixel is a triangle over four of the full image, of which one lies outside:
   * 3/7, 3/7 and 1/7 at the edge.
   */
  @Test
  void aRowIsMixedByATriangleTwiceAsWideAtHalfTheSide() {
    float[] image = new float[3 * 16];
    float[] row = {7, 14, 21, 28};
    for (int y = 0; y < 4; y++) {
      System.arraycopy(row, 0, image, y * 4, 4); // red; the other channels are 0
    }

    float[] half = resized(image, 4, 2);

    assertThat(half).hasSize(12);
    for (int y = 0; y < 2; y++) {
      assertThat(half[2 * y]).isCloseTo((3 * 7 + 3 * 14 + 21) / 7f, ROUNDING);
      assertThat(half[2 * y + 1]).isCloseTo((14 + 3 * 21 + 3 * 28) / 7f, ROUNDING);
    }
    for (int i = 4; i < 12; i++) {
      assertThat(half[i]).isZero();
    }
  }

  @Test
  void columnsAreMixedAsRowsAre() {
    float[] image = new float[3 * 16];
    for (int i = 0; i < 16; i++) {
      image[32 + i] = 7 * (1 + i / 4); // blue
    }

    float[] half = resized(image, 4, 2);

    assertThat(half[8]).isCloseTo(12, ROUNDING);
    assertThat(half[9]).isCloseTo(12, ROUNDING);
    assertThat(half[10]).isCloseTo(23, ROUNDING);
    assertThat(half[11]).isCloseTo(23, ROUNDING);
  }

  @Test
  void oneColourStaysAtAnySize() {
    float[] image = new float[3 * 7 * 7];
    Arrays.fill(image, -1.25f);
    for (int size = 1; size <= 7; size++) {
      for (float value : resized(image, 7, size)) {
        assertThat(value).isCloseTo(-1.25f, within(1e-6f));
      }
    }
  }

  private static float[] resized(float[] image, int size, int target) {
    float[] out = new float[3 * target * target];
    new InputResizing(size, target).resize(FloatBuffer.wrap(image), FloatBuffer.wrap(out));
    return out;
  }
}
