package dev.kennel.image;

import static dev.kennel.image.Planes.pixel;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HueTest {
  private static final byte[] RED = pixel(255, 0, 0);

  @Test
  void aThirdOfTheCircleLeadsFromRedToGreenAndBackToBlue() {
    assertThat(Hue.turn(RED, 1 / 3.0)).isEqualTo(pixel(0, 255, 0));
    assertThat(Hue.turn(RED, -1 / 3.0)).isEqualTo(pixel(0, 0, 255));
    assertThat(Hue.turn(pixel(0, 0, 255), 1 / 3.0)).isEqualTo(RED);
  }

  @Test
  void aSixthAndATwelfthLieBetween() {
    assertThat(Hue.turn(RED, 1 / 6.0)).isEqualTo(pixel(255, 255, 0));
    assertThat(Hue.turn(pixel(200, 0, 0), 1 / 12.0)).isEqualTo(pixel(200, 100, 0));
  }

  @Test
  void halfACircleExchangesHighAndLow() {
    // each sample becomes the sum of the highest and the lowest, less itself
    assertThat(Hue.turn(pixel(100, 200, 50), 0.5)).isEqualTo(pixel(150, 50, 200));
    assertThat(Hue.turn(pixel(100, 200, 50), -0.5)).isEqualTo(pixel(150, 50, 200));
  }

  @Test
  void greyStaysGrey() {
    assertThat(Hue.turn(pixel(90, 90, 90), 0.3)).isEqualTo(pixel(90, 90, 90));
  }

  @Test
  void noTurnChangesNothing() {
    assertThat(Hue.turn(Planes.noise(16), 0)).isEqualTo(Planes.noise(16));
  }
}
