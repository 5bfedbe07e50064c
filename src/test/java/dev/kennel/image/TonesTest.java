package dev.kennel.image;

import static dev.kennel.image.Planes.grey;
import static dev.kennel.image.Planes.samples;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TonesTest {
  @Test
  void posterizingKeepsTheUpperBits() {
    byte[] image = grey(0xab, 0x0f, 0x10, 0xff);

    assertThat(samples(Tones.posterize(image, 4))).containsExactly(0xa0, 0, 0x10, 0xf0);
    assertThat(samples(Tones.posterize(image, 8))).containsExactly(0xab, 0x0f, 0x10, 0xff);
    assertThat(samples(Tones.posterize(image, 0))).containsExactly(0, 0, 0, 0);
  }

  @Test
  void solarizingTurnsLightSamplesIntoTheirNegative() {
    byte[] image = grey(0, 127, 128, 255);

    assertThat(samples(Tones.solarize(image, 128))).containsExactly(0, 127, 127, 0);
    assertThat(samples(Tones.solarize(image, 127.5))).containsExactly(0, 127, 127, 0);
    assertThat(samples(Tones.solarize(image, 0))).containsExactly(255, 128, 127, 0);
  }

  @Test
  void autocontrastStretchesEachChannelFromBlackToWhite() {
    byte[] image = {50, 100, (byte) 150, 50, 0, 10, 0, 0, 7, 7, 7, 7};

    assertThat(samples(Tones.autocontrast(image)))
        .containsExactly(0, 127, 255, 0, 0, 255, 0, 0, 7, 7, 7, 7);
  }

  @Test
  void equalizingGivesASampleTheShareOfThoseThatAreDarker() {
    // 512 of 10, 256 of 20, 256 of 30: among the 768 that are not the lightest, 512 are below 20
    int[] image = new int[1024];
    Arrays.fill(image, 0, 512, 10);
    Arrays.fill(image, 512, 768, 20);
    Arrays.fill(image, 768, 1024, 30);

    int[] equalized = samples(Tones.equalize(grey(image)));

    assertThat(equalized[0]).isZero();
    assertThat(equalized[512]).isEqualTo(171); // 512 / 768 of 255 is 170
    assertThat(equalized[768]).isEqualTo(255);
  }

  @Test
  void anImageOfTooFewPixelsToEqualizeStays() {
    assertThat(samples(Tones.equalize(grey(1, 2, 3, 4)))).containsExactly(1, 2, 3, 4);
  }
}
