package dev.kennel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchMixingTest {
  private static final int SIZE = 8;
  private static final int LENGTH = 3 * SIZE * SIZE;
  private static final BatchMixing MIXUP = new BatchMixing(1, 0);
  private static final BatchMixing CUTMIX = new BatchMixing(0, 1);

  @Test
  void eachRowIsBlendedWithTheOneBeforeAndTheFirstWithTheLast() {
    float[] rows = {4, 0, 8, 0, 16, 100};

    BatchMixing.blend(rows(rows, 3), 0.75);

    assertThat(rows).containsExactly(3 + 4, 25, 6 + 1, 0, 12 + 2, 75);
  }

  @Test
  void eachImageTakesAPatchOfTheOneBeforeAndTheFirstOfTheLast() {
    // two images of 2 x 2 pixels; the patch is the right pixel of the upper row
    float[] images = {
      1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, //
      4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6
    };

    BatchMixing.cut(rows(images, 2), 2, new Box(1, 0, 1, 1));

    assertThat(images)
        .containsExactly(
            1, 4, 1, 1, 2, 5, 2, 2, 3, 6, 3, 3, //
            4, 1, 4, 4, 5, 2, 5, 5, 6, 3, 6, 6);
  }

  @Test
  void mixupGivesLabelsTheSharesOfTheImages() {
    for (long seed = 0; seed < 20; seed++) {
      float[] images = {1, 0, 0, 0, 1, 0, 0, 0, 1}; // of one pixel, which equal their labels
      float[] labels = images.clone();

      MIXUP.mix(rows(images, 3), rows(labels, 3), 1, seed);

      assertThat(labels).isEqualTo(images);
      assertThat(labels[0] + labels[2]).isCloseTo(1, within(1e-6f));
      assertThat(labels[4]).isEqualTo(labels[0]);
      assertThat(labels[3]).isEqualTo(labels[2]); // of the image before: the first
    }
  }

  @Test
  void cutmixGivesLabelsTheSharesOfTheArea() {
    Set<Float> shares = new HashSet<>();
    for (long seed = 0; seed < 50; seed++) {
      float[] images = numbered(3);
      float[] labels = {1, 0, 0, 0, 1, 0, 0, 0, 1};

      CUTMIX.mix(rows(images, 3), rows(labels, 3), SIZE, seed);

      for (int i = 0; i < 3; i++) {
        int before = (i + 2) % 3;
        float own = share(images, i, i);
        assertThat(share(images, i, before)).isEqualTo(1 - own);
        assertThat(labels[3 * i + i]).isEqualTo(own);
        assertThat(labels[3 * i + before]).isEqualTo(1 - own);
      }
      shares.add(labels[0]);
    }
    assertThat(shares).hasSizeGreaterThan(10);
  }

  @Test
  void ofTwoOneIsDrawnForEachBatch() {
    BatchMixing both = new BatchMixing(1, 1);
    int cut = 0;
    for (long seed = 0; seed < 1000; seed++) {
      float[] images = numbered(2);
      both.mix(rows(images, 2), rows(new float[] {1, 0, 0, 1}, 2), SIZE, seed);
      cut += share(images, 0, 0) + share(images, 0, 1) == 1 ? 1 : 0; // no pixel is between
    }

    assertThat(cut).isBetween(450, 550);
  }

  @Test
  void theSameSeedMixesAlikeAndAnotherDoesNot() {
    assertThat(mixed(7)).isEqualTo(mixed(7)).isNotEqualTo(mixed(8));
  }

  @Test
  void withoutAlphasBatchesStayAsTheyAre() {
    float[] images = numbered(2);
    float[] labels = {1, 0, 0, 1};

    BatchMixing.NONE.mix(rows(images, 2), rows(labels, 2), SIZE, 1);

    assertThat(images).isEqualTo(numbered(2));
    assertThat(labels).containsExactly(1, 0, 0, 1);
    assertThat(BatchMixing.NONE.isOn()).isFalse();
  }

  @Test
  void aNegativeAlphaIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new BatchMixing(-0.1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new BatchMixing(0, Double.NaN));
  }

  private static List<FloatBuffer> rows(float[] values, int rows) {
    int length = values.length / rows;
    return IntStream.range(0, rows)
        .mapToObj(row -> FloatBuffer.wrap(values, row * length, length).slice())
        .toList();
  }

  private static float[] mixed(long seed) {
    float[] images = numbered(4);
    float[] labels = {1, 0, 1, 0, 0, 1, 0, 1};
    new BatchMixing(0.2, 1).mix(rows(images, 4), rows(labels, 4), SIZE, seed);
    return images;
  }

  /** Images whose every value is their number. */
  private static float[] numbered(int batch) {
    float[] images = new float[batch * LENGTH];
    for (int i = 0; i < images.length; i++) {
      images[i] = i / LENGTH;
    }
    return images;
  }

  private static float share(float[] images, int image, int number) {
    int found = 0;
    for (int i = image * LENGTH; i < (image + 1) * LENGTH; i++) {
      found += images[i] == number ? 1 : 0;
    }
    return (float) found / LENGTH;
  }
}
