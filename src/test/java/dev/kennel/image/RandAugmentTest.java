package dev.kennel.image;

import static dev.kennel.image.Planes.grey;
import static dev.kennel.image.Planes.samples;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.image.RandAugment.Operation;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RandAugmentTest {
  private static final int SIZE = 32;
  private static final byte[] NOISE = Planes.noise(SIZE);

  @Test
  void theGreatestStrengthsAreTorchvisions() {
    byte[] dark = grey(100, 0, 100, 0); // its mean is 50

    assertThat(samples(Operation.BRIGHTNESS.apply(dark, 2, 1))).containsExactly(190, 0, 190, 0);
    assertThat(samples(Operation.BRIGHTNESS.apply(dark, 2, -1))).containsExactly(10, 0, 10, 0);
    assertThat(samples(Operation.CONTRAST.apply(dark, 2, -1))).containsExactly(55, 45, 55, 45);
    assertThat(samples(Operation.POSTERIZE.apply(dark, 2, 1))).containsExactly(96, 0, 96, 0);
    assertThat(samples(Operation.SOLARIZE.apply(dark, 2, 1))).containsExactly(155, 255, 155, 255);
    assertThat(Operation.COLOR.apply(NOISE, SIZE, -1))
        .isEqualTo(Enhancement.saturation(NOISE, 0.1));
    assertThat(Operation.SHARPNESS.apply(NOISE, SIZE, 1))
        .isEqualTo(Enhancement.sharpness(NOISE, SIZE, 1.9));
    assertThat(Operation.ROTATE.apply(NOISE, SIZE, -1))
        .isEqualTo(Affine.rotation(-30, SIZE).apply(NOISE, SIZE));
    assertThat(Operation.SHEAR_X.apply(NOISE, SIZE, 1))
        .isEqualTo(Affine.shearX(0.3).apply(NOISE, SIZE));
    assertThat(Operation.SHEAR_Y.apply(NOISE, SIZE, -1))
        .isEqualTo(Affine.shearY(-0.3).apply(NOISE, SIZE));
    // 150 / 331 of 32 pixels are 14.5
    assertThat(Operation.TRANSLATE_X.apply(NOISE, SIZE, 1))
        .isEqualTo(Affine.translation(14, 0).apply(NOISE, SIZE));
    assertThat(Operation.TRANSLATE_Y.apply(NOISE, SIZE, -1))
        .isEqualTo(Affine.translation(0, -14).apply(NOISE, SIZE));
  }

  @Test
  void aMagnitudeIsAShareOfThirty() {
    // 9 of 30: solarized from 255 · 0.7 = 178.5 on, posterized to 8 - 1.2 bits
    assertThat(samples(Operation.SOLARIZE.apply(grey(178, 179, 0, 255), 2, 0.3)))
        .containsExactly(178, 76, 0, 0);
    assertThat(samples(Operation.POSTERIZE.apply(grey(101, 3, 0, 255), 2, 0.3)))
        .containsExactly(100, 2, 0, 254);
    assertThat(samples(Operation.BRIGHTNESS.apply(grey(100, 0, 0, 0), 2, 0.3)))
        .containsExactly(127, 0, 0, 0);
  }

  @Test
  void everyOperationIsAsLikelyAsAnotherAndSoAreBothWays() {
    Map<String, Operation> outcomes = new HashMap<>();
    for (Operation operation : Operation.values()) {
      outcomes.put(key(operation.apply(NOISE, SIZE, 1)), operation);
    }
    RandAugment one = new RandAugment(1, 30);
    SplittableRandom random = new SplittableRandom(1);
    Map<Operation, Integer> counts = new EnumMap<>(Operation.class);
    int reversed = 0;
    for (int i = 0; i < 2800; i++) {
      Operation operation = outcomes.get(key(one.apply(NOISE, SIZE, random)));
      if (operation == null) {
        reversed++;
      } else {
        counts.merge(operation, 1, Integer::sum);
      }
    }

    assertThat(outcomes).hasSize(14);
    assertThat(reversed).isBetween(800, 1000); // half of nine fourteenths
    counts.forEach(
        (operation, count) -> {
          int expected = isSigned(operation) ? 100 : 200;
          assertThat(count).as("%s", operation).isBetween(expected - 45, expected + 45);
        });
  }

  @Test
  void operationsFollowOneAnother() {
    SplittableRandom random = new SplittableRandom(3);
    RandAugment one = new RandAugment(1, 9);
    byte[] twice = one.apply(one.apply(NOISE, SIZE, random), SIZE, random);

    assertThat(new RandAugment(2, 9).apply(NOISE, SIZE, new SplittableRandom(3))).isEqualTo(twice);
  }

  private static boolean isSigned(Operation operation) {
    return operation.ordinal() >= Operation.SHEAR_X.ordinal()
        && operation.ordinal() <= Operation.SHARPNESS.ordinal();
  }

  private static String key(byte[] image) {
    return new String(image, StandardCharsets.ISO_8859_1);
  }
}
