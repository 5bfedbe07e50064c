package dev.kennel.image;

import static dev.kennel.image.Planes.grey;
import static dev.kennel.image.Planes.pixel;
import static dev.kennel.image.Planes.samples;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.image.ColorJitter.Adjustment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

class ColorJitterTest {
  @Test
  void brightnessIsMultipliedByOneMoreOrLess() {
    IntSummaryStatistics seen = over1000(0.4, 0, 0, 0, grey(100), image -> samples(image)[0]);

    assertThat(seen.getMin()).isBetween(60, 62);
    assertThat(seen.getMax()).isBetween(138, 140);
    assertThat(seen.getAverage()).isBetween(98.0, 101.0);
  }

  @Test
  void aFactorIsNeverBelowZero() {
    IntSummaryStatistics seen = over1000(2, 0, 0, 0, grey(80), image -> samples(image)[0]);

    assertThat(seen.getMin()).isBetween(0, 2);
    assertThat(seen.getMax()).isBetween(237, 240);
  }

  @Test
  void contrastIsSpreadAroundTheMean() {
    IntSummaryStatistics seen =
        over1000(0, 0.5, 0, 0, grey(50, 150, 50, 150), image -> samples(image)[1]);

    assertThat(seen.getMin()).isBetween(125, 127);
    assertThat(seen.getMax()).isBetween(173, 175);
  }

  @Test
  void saturationIsSpreadAroundGrey() {
    IntSummaryStatistics seen =
        over1000(0, 0, 0.5, 0, pixel(200, 100, 50), image -> samples(image)[1]);

    // grey is 124, which green moves towards or away from
    assertThat(seen.getMin()).isBetween(88, 90);
    assertThat(seen.getMax()).isBetween(110, 112);
  }

  @Test
  void hueIsTurnedToBothSides() {
    // Red takes up to 0.1 · 6 · 200 of green to the one side, and of blue to the other.
    byte[] red = pixel(200, 0, 0);

    assertThat(over1000(0, 0, 0, 0.1, red, image -> image[1] & 0xff).getMax()).isBetween(118, 120);
    assertThat(over1000(0, 0, 0, 0.1, red, image -> image[2] & 0xff).getMax()).isBetween(118, 120);
  }

  @Test
  void everyOrderIsAsLikelyAsAnother() {
    SplittableRandom random = new SplittableRandom(1);
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 4800; i++) {
      counts.merge(Arrays.toString(ColorJitter.order(random)), 1, Integer::sum);
    }

    assertThat(counts).hasSize(24);
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(150, 250));
  }

  @Test
  void adjustmentsFollowOneAnotherInTheOrderDrawn() {
    byte[] image = grey(100, 200, 100, 200);
    ColorJitter jitter = new ColorJitter(0.9, 0.9, 0, 0);
    for (long seed = 0; seed < 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Adjustment> order = List.of(ColorJitter.order(random));
      double brightness = new Range(0.1, 1.9).draw(random);
      double contrast = new Range(0.1, 1.9).draw(random);
      boolean isBrightnessFirst =
          order.indexOf(Adjustment.BRIGHTNESS) < order.indexOf(Adjustment.CONTRAST);

      assertThat(jitter.apply(image, 2, new SplittableRandom(seed)))
          .isEqualTo(
              isBrightnessFirst
                  ? Enhancement.contrast(Enhancement.brightness(image, brightness), contrast)
                  : Enhancement.brightness(Enhancement.contrast(image, contrast), brightness));
    }
  }

  private static IntSummaryStatistics over1000(
      double brightness,
      double contrast,
      double saturation,
      double hue,
      byte[] image,
      ToIntFunction<byte[]> seen) {
    ColorJitter jitter = new ColorJitter(brightness, contrast, saturation, hue);
    SplittableRandom random = new SplittableRandom(1);
    IntSummaryStatistics statistics = new IntSummaryStatistics();
    for (int i = 0; i < 1000; i++) {
      statistics.accept(seen.applyAsInt(jitter.apply(image, image.length == 3 ? 1 : 2, random)));
    }
    return statistics;
  }
}
