package dev.kennel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmentationTest {
  private static final float BLACK = -0.485f / 0.229f; // in the red channel
  private static final float WHITE = 0.515f / 0.229f;

  /** Black and white, over two pixels of white and black, in all channels. */
  private static final byte[] CROSS = {0, -1, -1, 0, 0, -1, -1, 0, 0, -1, -1, 0};

  @Test
  void everyChannelIsNormalizedByItsOwnMeanAndDeviation() {
    float[] out = new float[3];

    Augmentation.NONE.write(new byte[] {(byte) 255, 0, 51}, 1, 7, out, 0);

    assertThat(out[0]).isCloseTo((1 - 0.485f) / 0.229f, within(1e-6f));
    assertThat(out[1]).isCloseTo((0 - 0.456f) / 0.224f, within(1e-6f));
    assertThat(out[2]).isCloseTo((0.2f - 0.406f) / 0.225f, within(1e-6f));
  }

  @Test
  void anImageGoesToItsPlaceInTheBatchAndNowhereElse() {
    float[] out = new float[3 * 12];
    Arrays.fill(out, 9);

    new Augmentation(1, true).write(CROSS, 2, 7, out, 12);

    assertThat(Arrays.copyOfRange(out, 0, 12)).containsOnly(9);
    assertThat(Arrays.copyOfRange(out, 12, 24)).doesNotContain(9);
    assertThat(Arrays.copyOfRange(out, 24, 36)).containsOnly(9);
  }

  @Test
  void flippingSwapsLeftAndRight() {
    assertThat(red(0, 0, true)).containsExactly(WHITE, BLACK, BLACK, WHITE);
  }

  @Test
  void shiftingUncoversTheMeanColour() {
    assertThat(red(1, 0, false)).containsExactly(0, BLACK, 0, WHITE);
    assertThat(red(-1, 0, false)).containsExactly(WHITE, 0, BLACK, 0);
    assertThat(red(0, 1, false)).containsExactly(0, 0, BLACK, WHITE);
    assertThat(red(0, -1, false)).containsExactly(WHITE, BLACK, 0, 0);
  }

  @Test
  void theImageIsShiftedAndThenFlipped() {
    assertThat(red(1, 0, true)).containsExactly(BLACK, 0, WHITE, 0);
    assertThat(red(1, 1, true)).containsExactly(0, 0, BLACK, 0);
  }

  @Test
  void whatWasInTheBatchBeforeIsCovered() {
    float[] out = new float[12];
    Arrays.fill(out, 9);

    Augmentation.write(CROSS, 2, 2, 0, false, out, 0);

    assertThat(out).containsOnly(0);
  }

  @Test
  void aShiftBeyondTheImageLeavesNothing() {
    assertThat(red(5, -5, true)).containsOnly(0);
  }

  @Test
  void theSameSeedGivesTheSameImage() {
    Augmentation augmentation = new Augmentation(2, true);
    byte[] pixels = ramp(8);

    for (long seed = 0; seed < 20; seed++) {
      assertThat(written(augmentation, pixels, 8, seed))
          .isEqualTo(written(augmentation, pixels, 8, seed));
    }
  }

  @Test
  void seedsReachEveryShiftAndBothSides() {
    Set<String> seen = new HashSet<>();

    for (long seed = 0; seed < 500; seed++) {
      seen.add(Arrays.toString(written(new Augmentation(1, true), ramp(4), 4, seed)));
    }

    assertThat(seen).hasSize(3 * 3 * 2);
  }

  @Test
  void halfTheImagesAreFlipped() {
    int flipped = 0;
    for (long seed = 0; seed < 1000; seed++) {
      flipped += written(new Augmentation(0, true), CROSS, 2, seed)[0] == WHITE ? 1 : 0;
    }

    assertThat(flipped).isBetween(450, 550);
  }

  @Test
  void aNegativeShiftIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Augmentation(-1, false));
  }

  private static float[] red(int right, int down, boolean mirror) {
    float[] out = new float[12];
    Augmentation.write(CROSS, 2, right, down, mirror, out, 0);
    return Arrays.copyOf(out, 4);
  }

  private static float[] written(Augmentation augmentation, byte[] pixels, int size, long seed) {
    float[] out = new float[3 * size * size];
    augmentation.write(pixels, size, seed, out, 0);
    return out;
  }

  private static byte[] ramp(int size) {
    byte[] pixels = new byte[3 * size * size];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i + 1);
    }
    return pixels;
  }
}
