package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kennel.config.AugmentationSettings;
import dev.kennel.config.SettingsLoader;
import dev.kennel.image.Augmentation;
import dev.kennel.image.BatchMixing;
import dev.kennel.image.Range;
import java.nio.FloatBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VariationTest {
  private static final int SIZE = 20;

  @Test
  void byDefaultImagesAreShiftedByATenthOfTheirSideAndFlipped() {
    assertAlike(settings(), new Augmentation(2, true));
    assertThat(Variation.ofBatches(settings())).isEqualTo(BatchMixing.NONE);
  }

  @Test
  void everySettingReachesItsOperation() {
    assertAlike(
        settings(
            "shift=0",
            "flip=false",
            "random-resized-crop.scale=[0.1, 0.5]",
            "random-resized-crop.ratio=[0.5, 2]"),
        Augmentation.NONE.withRandomResizedCrop(new Range(0.1, 0.5), new Range(0.5, 2)));
    assertAlike(
        settings("brightness=0.1", "contrast=0.2", "saturation=0.3", "hue=0.4"),
        new Augmentation(2, true).withColorJitter(0.1, 0.2, 0.3, 0.4));
    assertAlike(
        settings("randaugment.num-ops=3", "randaugment.magnitude=14"),
        new Augmentation(2, true).withRandAugment(3, 14));
    assertAlike(
        settings(
            "random-erasing.probability=0.9",
            "random-erasing.scale=[0.1, 0.2]",
            "random-erasing.ratio=[1, 2]"),
        new Augmentation(2, true).withRandomErasing(0.9, new Range(0.1, 0.2), new Range(1, 2)));
    assertThat(Variation.ofBatches(settings("mixup-alpha=0.2", "cutmix-alpha=1")))
        .isEqualTo(new BatchMixing(0.2, 1));
  }

  @Test
  void theCropComesFirstThenColoursThenRandAugment() {
    assertAlike(
        settings("randaugment.num-ops=1", "hue=0.1", "random-resized-crop.scale=[0.5, 1]"),
        new Augmentation(2, true)
            .withRandomResizedCrop(new Range(0.5, 1), new Range(0.75, 1.3333))
            .withColorJitter(0, 0, 0, 0.1)
            .withRandAugment(1, 9));
  }

  @Test
  void imagesWorkersAndBatchesOfAnEpochHaveSeedsOfTheirOwn() {
    Set<Long> seeds = new HashSet<>();
    for (int epoch = 1; epoch <= 10; epoch++) {
      for (int i = 0; i < 100; i++) {
        seeds.add(Variation.seed(7, epoch, i));
        seeds.add(Variation.batchSeed(7, epoch, i % 10, i / 10));
      }
    }

    assertThat(seeds).hasSize(10 * 200);
  }

  private static void assertAlike(AugmentationSettings settings, Augmentation expected) {
    for (long seed = 0; seed < 10; seed++) {
      assertThat(written(Variation.ofImages(settings, SIZE), seed))
          .isEqualTo(written(expected, seed));
    }
  }

  private static float[] written(Augmentation augmentation, long seed) {
    byte[] pixels = new byte[3 * SIZE * SIZE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * i);
    }
    float[] out = new float[pixels.length];
    augmentation.write(pixels, SIZE, seed, FloatBuffer.wrap(out));
    return out;
  }

  private static AugmentationSettings settings(String... assignments) {
    List<String> set = List.of(assignments).stream().map(one -> "augmentation." + one).toList();
    return SettingsLoader.load(Optional.empty(), Map.of(), set).augmentation();
  }
}
