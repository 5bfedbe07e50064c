package dev.kennel.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RgbImageTest {
  @Test
  void anImageOfTheVerySizeIsUnchanged() {
    RgbImage image = image(2, 2, 10, 20, 30, 40);

    assertThat(image.square(2)).containsExactly(10, 20, 30, 40, 10, 20, 30, 40, 10, 20, 30, 40);
  }

  @Test
  void channelsStayApart() {
    RgbImage pixel = new RgbImage(1, 1, new byte[] {50, 100, (byte) 200});

    assertThat(red(pixel.square(1))).containsExactly(200);
    assertThat(pixel.square(1)).containsExactly(200, 100, 50);
  }

  @Test
  void onePixelFillsTheSquare() {
    assertThat(image(1, 1, 7).square(3)).hasSize(3 * 3 * 3).containsOnly(7);
  }

  @Test
  void halvingWeighsFourNeighboursThreeThreeOne() {
    // The triangle is 2 pixels wide to each side; the first output lies between pixels 0 and 1, so
    // that pixels 0, 1, 2 weigh 3/4, 3/4, 1/4: (0 * 3 + 35 * 3 + 70) / 7 = 25.
    RgbImage image = image(4, 4, 0, 35, 70, 105, 0, 35, 70, 105, 0, 35, 70, 105, 0, 35, 70, 105);

    assertThat(red(image.square(2))).containsExactly(25, 80, 25, 80);
  }

  @Test
  void doublingWeighsNeighboursThreeToOne() {
    RgbImage image = image(2, 2, 0, 0, 100, 100);

    assertThat(red(image.square(4)))
        .containsExactly(0, 0, 0, 0, 25, 25, 25, 25, 75, 75, 75, 75, 100, 100, 100, 100);
  }

  @Test
  void theLongerSideIsCroppedAtItsCentre() {
    assertThat(red(image(4, 2, 1, 2, 3, 4, 5, 6, 7, 8).square(2))).containsExactly(2, 3, 6, 7);
    assertThat(red(image(2, 4, 1, 2, 3, 4, 5, 6, 7, 8).square(2))).containsExactly(3, 4, 5, 6);
  }

  @Test
  void anUnevenRestIsCroppedAsTorchvisionDoes() {
    // 3 - 2 leaves 0.5 on each side, 5 - 2 leaves 1.5: both go to the even number.
    assertThat(red(image(3, 2, 1, 2, 3, 4, 5, 6).square(2))).containsExactly(1, 2, 4, 5);
    assertThat(red(image(5, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).square(2)))
        .containsExactly(3, 4, 8, 9);
  }

  @Test
  void aThinImageTakesNoMoreMemoryThanItsCentre() {
    RgbImage thread = new RgbImage(1, 3_000_000, new byte[9_000_000]);

    assertThat(thread.square(224)).hasSize(3 * 224 * 224).containsOnly(0);
  }

  @Test
  void whiteStaysWhiteAtAnyReduction() {
    int[] white = new int[31 * 31];
    Arrays.fill(white, 255);

    for (int size = 1; size < 40; size++) {
      assertThat(red(image(31, 31, white).square(size))).containsOnly(255);
    }
  }

  /** All three channels alike. */
  private static RgbImage image(int width, int height, int... grey) {
    byte[] samples = new byte[3 * grey.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) grey[i / 3];
    }
    return new RgbImage(width, height, samples);
  }

  private static int[] red(byte[] square) {
    int[] red = new int[square.length / 3];
    for (int i = 0; i < red.length; i++) {
      red[i] = square[i] & 0xff;
    }
    return red;
  }
}
