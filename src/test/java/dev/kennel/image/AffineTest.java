package dev.kennel.image;

import static dev.kennel.image.Planes.grey;
import static dev.kennel.image.Planes.samples;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AffineTest {
  private static final byte[] FOUR =
      grey(
          1, 2, //
          3, 4);

  private static final byte[] COLUMNS =
      grey(
          1, 2, 3, 4, //
          1, 2, 3, 4, //
          1, 2, 3, 4, //
          1, 2, 3, 4);

  private static final byte[] ROWS =
      grey(
          1, 1, 1, 1, //
          2, 2, 2, 2, //
          3, 3, 3, 3, //
          4, 4, 4, 4);

  @Test
  void aTranslationMovesWholePixelsAndUncoversBlack() {
    assertThat(samples(Affine.translation(1, 0).apply(FOUR, 2))).containsExactly(0, 1, 0, 3);
    assertThat(samples(Affine.translation(0, -1).apply(FOUR, 2))).containsExactly(3, 4, 0, 0);
  }

  @Test
  void aRotationTurnsAnticlockwiseAroundTheMiddle() {
    assertThat(samples(Affine.rotation(90, 2).apply(FOUR, 2))).containsExactly(2, 4, 1, 3);
    assertThat(samples(Affine.rotation(-90, 2).apply(FOUR, 2))).containsExactly(3, 1, 4, 2);
    assertThat(samples(Affine.rotation(180, 2).apply(FOUR, 2))).containsExactly(4, 3, 2, 1);
  }

  @Test
  void aTurnBy45DegreesLosesTheCorners() {
    byte[] lit = grey(9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9);

    assertThat(samples(Affine.rotation(45, 4).apply(lit, 4)))
        .containsExactly(0, 9, 9, 0, 9, 9, 9, 9, 9, 9, 9, 9, 0, 9, 9, 0);
  }

  @Test
  void shearingXSlidesRowsFartherTheLowerTheyAre() {
    // by half the height of their middles: 0.25, 0.75, 1.25 and 1.75
    assertThat(samples(Affine.shearX(0.5).apply(COLUMNS, 4)))
        .containsExactly(
            1, 2, 3, 4, //
            2, 3, 4, 0, //
            2, 3, 4, 0, //
            3, 4, 0, 0);
    assertThat(samples(Affine.shearX(-0.5).apply(COLUMNS, 4)))
        .containsExactly(
            1, 2, 3, 4, //
            0, 1, 2, 3, //
            0, 1, 2, 3, //
            0, 0, 1, 2);
  }

  @Test
  void shearingYSlidesColumnsFartherTheMoreToTheRightTheyAre() {
    assertThat(samples(Affine.shearY(0.5).apply(ROWS, 4)))
        .containsExactly(
            1, 2, 2, 3, //
            2, 3, 3, 4, //
            3, 4, 4, 0, //
            4, 0, 0, 0);
  }

  @Test
  void everyChannelMovesAlike() {
    byte[] image = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

    assertThat(samples(Affine.translation(1, 1).apply(image, 2)))
        .containsExactly(0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 9);
  }
}
