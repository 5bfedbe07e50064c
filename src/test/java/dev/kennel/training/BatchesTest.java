package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kennel.dataset.PreparedImage;
import dev.kennel.image.Augmentation;
import dev.kennel.image.BatchMixing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Batches of two images of one pixel: a black one of class 0 and a white one of class 1. */
class BatchesTest {
  private static final float BLACK = -0.485f / 0.229f; // in the red channel
  private static final float WHITE = 0.515f / 0.229f;
  private static final List<PreparedImage> IMAGES = List.of(image(0, 0), image(1, 255));

  @Test
  void everyImageIsOfItsClass() {
    MultiDataSet batch = batch(BatchMixing.NONE, 1);

    assertThat(white(batch, 0) + white(batch, 1)).isEqualTo(1);
    for (int i = 0; i < 2; i++) {
      assertThat(white(batch, i)).isIn(0f, 1f);
      assertThat(red(batch, i)).isEqualTo(white(batch, i) == 1 ? WHITE : BLACK);
    }
  }

  @Test
  void imagesAndLabelsAreMixedAlikeAndAnewInEveryEpoch() {
    Set<Float> shares = new HashSet<>();
    for (int epoch = 1; epoch <= 10; epoch++) {
      MultiDataSet batch = batch(new BatchMixing(1, 0), epoch);
      for (int i = 0; i < 2; i++) {
        assertThat(red(batch, i))
            .isCloseTo(BLACK + white(batch, i) * (WHITE - BLACK), within(1e-5f));
        shares.add(white(batch, i));
      }
    }

    assertThat(shares).hasSizeGreaterThan(15);
  }

  @Test
  void anEpochIsMixedTheSameWayAgain() {
    BatchMixing mixing = new BatchMixing(1, 1);

    assertThat(labels(batch(mixing, 3))).isEqualTo(labels(batch(mixing, 3)));
  }

  @Test
  void imagesAreOfTheSizeOfTheirStepInTheWholeTraining() {
    List<PreparedImage> images =
        IntStream.range(0, 8)
            .mapToObj(i -> new PreparedImage(i, i, i % 2, new byte[3 * 4 * 4]))
            .toList();
    ImageSizes sizes = new ImageSizes(4, 2, 1, 3, 1); // 2 px, then 2 and 3, then 4
    Batches batches =
        new Batches(BatchPlan.of(8, 1, 4, 2), sizes, 2, Augmentation.NONE, BatchMixing.NONE, 0, 5);

    List<Long> sides = new ArrayList<>();
    for (int epoch = 1; epoch <= 2; epoch++) {
      batches
          .round(images.iterator(), 0, epoch, 0)
          .forEachRemaining(
              batch -> {
                assertThat(batch.getFeatures(0).size(0)).isEqualTo(4);
                assertThat(batch.getLabels(0).sumNumber().doubleValue()).isEqualTo(4);
                sides.add(batch.getFeatures(0).size(3));
              });
    }
    assertThat(sides).containsExactly(2L, 2L, 3L, 4L);
  }

  private static MultiDataSet batch(BatchMixing mixing, int epoch) {
    return new Batches(
            BatchPlan.of(2, 1, 2, 1), ImageSizes.of(1), 2, Augmentation.NONE, mixing, 0, 5)
        .round(IMAGES.iterator(), 0, epoch, 0)
        .next();
  }

  private static float red(MultiDataSet batch, int image) {
    return batch.getFeatures(0).getFloat(image, 0, 0, 0);
  }

  /** The share of the white image's class. */
  private static float white(MultiDataSet batch, int image) {
    return batch.getLabels(0).getFloat(image, 1);
  }

  private static String labels(MultiDataSet batch) {
    return Arrays.toString(batch.getLabels(0).toFloatMatrix()[0]);
  }

  private static PreparedImage image(int id, int grey) {
    byte value = (byte) grey;
    return new PreparedImage(id, id, id, new byte[] {value, value, value});
  }
}
