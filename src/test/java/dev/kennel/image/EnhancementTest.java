package dev.kennel.image;

import static dev.kennel.image.Planes.grey;
import static dev.kennel.image.Planes.pixel;
import static dev.kennel.image.Planes.samples;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EnhancementTest {
  private static final byte[] FOUR = grey(0, 100, 200, 100);

  /** A dot on black. */
  private static final byte[] DOT = grey(0, 0, 0, 0, 130, 0, 0, 0, 0);

  @Test
  void brightnessMultipliesAndIsCutOffAtWhite() {
    assertThat(samples(Enhancement.brightness(FOUR, 0))).containsExactly(0, 0, 0, 0);
    assertThat(samples(Enhancement.brightness(FOUR, 0.5))).containsExactly(0, 50, 100, 50);
    assertThat(samples(Enhancement.brightness(FOUR, 1.5))).containsExactly(0, 150, 255, 150);
  }

  @Test
  void contrastMovesSamplesAwayFromTheMean() {
    assertThat(samples(Enhancement.contrast(FOUR, 0))).containsExactly(100, 100, 100, 100);
    assertThat(samples(Enhancement.contrast(FOUR, 0.5))).containsExactly(50, 100, 150, 100);
    assertThat(samples(Enhancement.contrast(FOUR, 2))).containsExactly(0, 100, 255, 100);
  }

  @Test
  void saturationMovesSamplesAwayFromTheirGrey() {
    byte[] brown = pixel(200, 100, 50); // grey 0.299 · 200 + 0.587 · 100 + 0.114 · 50 = 124.2

    assertThat(samples(Enhancement.saturation(brown, 0))).containsExactly(124);
    assertThat(samples(Enhancement.saturation(brown, 0.5))).containsExactly(162, 112, 87);
    assertThat(samples(Enhancement.saturation(brown, 2))).containsExactly(255, 76, 0);
  }

  @Test
  void sharpnessMovesInnerPixelsAwayFromTheBlurredImage() {
    // blurred: 5 · 130 / 13 = 50
    assertThat(samples(Enhancement.sharpness(DOT, 3, 0))[4]).isEqualTo(50);
    assertThat(samples(Enhancement.sharpness(DOT, 3, 0.5))[4]).isEqualTo(90);
    assertThat(samples(Enhancement.sharpness(DOT, 3, 2))[4]).isEqualTo(210);
    assertThat(samples(Enhancement.sharpness(DOT, 3, 2)))
        .containsExactly(0, 0, 0, 0, 210, 0, 0, 0, 0);
  }

  @Test
  void blurringRoundsToTheNearest() {
    byte[] corner = grey(7, 0, 0, 0, 0, 0, 0, 0, 0); // 7 / 13 is more than a half

    assertThat(samples(Enhancement.sharpness(corner, 3, 0))[4]).isEqualTo(1);
  }

  @Test
  void aFactorOfOneChangesNothing() {
    byte[] noise = Planes.noise(8);

    assertThat(Enhancement.brightness(noise, 1)).isEqualTo(noise);
    assertThat(Enhancement.contrast(noise, 1)).isEqualTo(noise);
    assertThat(Enhancement.saturation(noise, 1)).isEqualTo(noise);
    assertThat(Enhancement.sharpness(noise, 8, 1)).isEqualTo(noise);
  }
}
