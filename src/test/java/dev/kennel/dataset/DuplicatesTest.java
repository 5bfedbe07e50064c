package dev.kennel.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.kennel.dataset.Duplicates.Pair;
import dev.kennel.dataset.InspectedImage.Look;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

class DuplicatesTest {
  private final List<InspectedImage> images = new ArrayList<>();

  @Test
  void eachCopyIsNamedOnceBesideTheFirstImageWithItsBytes() {
    add("train", "a", 1);
    add("train", "b", 2);
    add("train", "a", 1);
    add("train", "a", 1);
    assertThat(ids(Duplicates.copies(images))).containsExactly(tuple(2, 0), tuple(3, 0));
    assertThat(Duplicates.near(images, 0)).isEmpty();
  }

  @Test
  void aCopyIsNamedBesideTheImageOfAnotherSplitIfThereIsOne() {
    add("train", "a", 1);
    add("test", "a", 1);
    add("test", "a", 1);
    List<Pair> copies = Duplicates.copies(images);
    assertThat(ids(copies)).containsExactly(tuple(1, 0), tuple(2, 0));
    assertThat(copies).allMatch(Pair::isAcrossSplits);
  }

  @Test
  void imagesLookAlikeIfTheirHashesDifferInFewBits() {
    add("", "a", 0b0000);
    add("", "b", 0b0111);
    add("", "c", 0b1111);
    assertThat(ids(Duplicates.near(images, 3))).containsExactly(tuple(1, 0), tuple(2, 1));
    assertThat(Duplicates.near(images, 3))
        .extracting(Pair::distance, Pair::isCopy)
        .containsExactly(tuple(3, false), tuple(1, false));
    assertThat(ids(Duplicates.near(images, 0))).isEmpty();
  }

  @Test
  void aLookAlikeInAnotherSplitIsNamedRatherThanANearerOneInItsOwn() {
    add("train", "a", 0b000);
    add("test", "b", 0b011);
    add("test", "c", 0b011);
    assertThat(ids(Duplicates.near(images, 2))).containsExactly(tuple(1, 0), tuple(2, 0));
  }

  @Test
  void plainImagesAreNotCompared() {
    add("", "a", 0);
    images.add(image(1, "", "b", 0, true));
    assertThat(Duplicates.near(images, 3)).isEmpty();
  }

  /** Every pair is compared here, and those that share a band there. */
  @Test
  void bandsMissNoPair() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 300; i++) {
      long hash = random.nextLong();
      add("", "a" + i, hash);
      add("", "b" + i, flipped(hash, random.nextInt(14), random));
    }
    for (int distance = 0; distance <= Duplicates.MOST_DISTANCE; distance++) {
      List<Integer> expected = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        InspectedImage image = images.get(i);
        int most = distance;
        if (images.subList(0, i).stream().anyMatch(o -> new Pair(image, o).distance() <= most)) {
          expected.add(i);
        }
      }
      assertThat(Duplicates.near(images, distance))
          .extracting(pair -> pair.image().file().id())
          .isEqualTo(expected);
    }
  }

  private static long flipped(long hash, int bits, SplittableRandom random) {
    TreeSet<Integer> flipped = new TreeSet<>();
    while (flipped.size() < bits) {
      flipped.add(random.nextInt(64));
    }
    return flipped.stream().reduce(hash, (h, bit) -> h ^ 1L << bit, (a, b) -> b);
  }

  private static List<Tuple> ids(List<Pair> pairs) {
    return pairs.stream()
        .map(pair -> tuple(pair.image().file().id(), pair.other().file().id()))
        .toList();
  }

  private void add(String split, String bytes, long hash) {
    images.add(image(images.size(), split, bytes, hash, false));
  }

  private static InspectedImage image(
      int id, String split, String bytes, long hash, boolean isPlain) {
    return new InspectedImage(
        new ImageFile(id, id + ".jpg", 0, split, 1, bytes, "", ""),
        new Look("JPEG", 1, 1, List.of(), hash, isPlain, List.of()));
  }
}
