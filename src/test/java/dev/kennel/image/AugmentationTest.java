package dev.kennel.image;

import static dev.kennel.image.Augmentation.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AugmentationTest {
  private static final float BLACK = -0.485f / 0.229f; // in the red channel
  private static final float WHITE = 0.515f / 0.229f;

  /** Black and white, over two pixels of white and black, in all channels. */
  private static final byte[] CROSS = {0, -1, -1, 0, 0, -1, -1, 0, 0, -1, -1, 0};

  @Test
  void everyChannelIsNormalizedByItsOwnMeanAndDeviation() {
    float[] out = new float[3];

    NONE.write(new byte[] {(byte) 255, 0, 51}, 1, 7, FloatBuffer.wrap(out));

    assertThat(out[0]).isCloseTo((1 - 0.485f) / 0.229f, within(1e-6f));
    assertThat(out[1]).isCloseTo((0 - 0.456f) / 0.224f, within(1e-6f));
    assertThat(out[2]).isCloseTo((0.2f - 0.406f) / 0.225f, within(1e-6f));
  }

  @Test
  void anImageGoesToItsPlaceInTheBatchAndNowhereElse() {
    float[] out = new float[3 * 12];
    Arrays.fill(out, 9);

    new Augmentation(1, true).write(CROSS, 2, 7, FloatBuffer.wrap(out, 12, 12).slice());

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

    Augmentation.write(CROSS, 2, 2, 0, false, FloatBuffer.wrap(out));

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
  void operationsOnPixelsComeInTheOrderInWhichTheyWereAdded() {
    byte[] pixels = Planes.noise(8);
    RandAugment randAugment = new RandAugment(1, 30);
    ColorJitter jitter = new ColorJitter(0.5, 0, 0, 0);
    SplittableRandom random = new SplittableRandom(4);
    byte[] varied = jitter.apply(randAugment.apply(pixels, 8, random), 8, random);

    assertThat(written(NONE.withRandAugment(1, 30).withColorJitter(0.5, 0, 0, 0), pixels, 8, 4))
        .isEqualTo(written(NONE, varied, 8, 0));
  }

  @Test
  void theShiftAndTheFlipComeAfterThem() {
    byte[] pixels = Planes.noise(8);
    SplittableRandom random = new SplittableRandom(4);
    byte[] varied = new RandAugment(1, 30).apply(pixels, 8, random);
    float[] expected = new float[3 * 8 * 8];
    int right = random.nextInt(-2, 3);
    int down = random.nextInt(-2, 3);
    Augmentation.write(varied, 8, right, down, random.nextBoolean(), FloatBuffer.wrap(expected));

    assertThat(written(new Augmentation(2, true).withRandAugment(1, 30), pixels, 8, 4))
        .isEqualTo(expected);
  }

  @Test
  void colourIsJitteredBeforeItIsNormalized() {
    byte[] grey = Planes.grey(100, 100, 100, 100);
    float least = (60 / 255f - 0.485f) / 0.229f;
    float most = (140 / 255f - 0.485f) / 0.229f;
    Set<Float> seen = new HashSet<>();
    for (long seed = 0; seed < 50; seed++) {
      float red = written(NONE.withColorJitter(0.4, 0, 0, 0), grey, 2, seed)[0];

      assertThat(red).isBetween(least - 1e-5f, most + 1e-5f);
      seen.add(red);
    }
    assertThat(seen).hasSizeGreaterThan(20);
  }

  @Test
  void whatIsErasedIsTheMeanColour() {
    Range quarter = new Range(0.25, 0.25);
    Augmentation erasing = NONE.withRandomErasing(1, quarter, new Range(1, 1));

    float[] image = written(erasing, CROSS, 2, 1);

    int zeros = 0;
    for (float value : image) {
      zeros += value == 0 ? 1 : 0;
    }
    assertThat(zeros).isEqualTo(3);
  }

  @Test
  void thePreparedImageStaysAsItIs() {
    byte[] pixels = ramp(8);

    for (long seed = 0; seed < 50; seed++) {
      written(everything(), pixels, 8, seed);
    }

    assertThat(pixels).isEqualTo(ramp(8));
  }

  @Test
  void runsOfEarlierVersionsCanGoOnWithTheSameShiftsAndFlips() {
    int[][] drawn = { // right, down, flipped
      {1, -1, 1}, {-1, 0, 0}, {-2, -1, 1}, {0, -2, 0}, {2, 2, 1}, {2, -1, 1}
    };
    for (int seed = 0; seed < drawn.length; seed++) {
      float[] expected = new float[3 * 8 * 8];
      Augmentation.write(
          ramp(8),
          8,
          drawn[seed][0],
          drawn[seed][1],
          drawn[seed][2] == 1,
          FloatBuffer.wrap(expected));

      assertThat(written(new Augmentation(2, true), ramp(8), 8, seed)).isEqualTo(expected);
    }
  }

  @Test
  void aSeedGivesTheSameImageOnEveryMachine() {
    int hash = 0;
    for (long seed = 0; seed < 50; seed++) {
      hash = 31 * hash + Arrays.hashCode(written(everything(), Planes.noise(16), 16, seed));
    }

    assertThat(hash).isEqualTo(961159571);
  }

  private static Augmentation everything() {
    return new Augmentation(2, true)
        .withRandomResizedCrop(new Range(0.08, 1), new Range(0.75, 1.3333))
        .withColorJitter(0.4, 0.4, 0.4, 0.1)
        .withRandAugment(2, 9)
        .withRandomErasing(0.5, new Range(0.02, 0.33), new Range(0.3, 3.3));
  }

  @Test
  void aNegativeShiftIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Augmentation(-1, false));
  }

  private static float[] red(int right, int down, boolean mirror) {
    float[] out = new float[12];
    Augmentation.write(CROSS, 2, right, down, mirror, FloatBuffer.wrap(out));
    return Arrays.copyOf(out, 4);
  }

  private static float[] written(Augmentation augmentation, byte[] pixels, int size, long seed) {
    float[] out = new float[3 * size * size];
    augmentation.write(pixels, size, seed, FloatBuffer.wrap(out));
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
