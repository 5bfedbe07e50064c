package dev.kennel.dataset;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds images that are there twice. Each is named once, beside one that comes before it in the
 * listing: one on another side of the split if there is such, else the most alike, else the first.
 */
public final class Duplicates {
  /** The most bits in which hashes may differ; with more, chance finds as much as eyes do. */
  public static final int MOST_DISTANCE = 10;

  private static final Comparator<Pair> BEST_FIRST =
      Comparator.comparing((Pair pair) -> !pair.isAcrossSplits())
          .thenComparing(Pair::distance)
          .thenComparing(pair -> pair.other.file().id());

  /** The best pair of each image that has one, by its id. */
  private final Map<Integer, Pair> pairs = new TreeMap<>();

  /**
   * Two images that are the same or look alike.
   *
   * @param image the one that comes later in the listing
   * @param other the one before it
   */
  public record Pair(InspectedImage image, InspectedImage other) {
    /** Whether their bytes are the same. */
    public boolean isCopy() {
      return Duplicates.isCopy(image, other);
    }

    /** Whether they are given for different sides of the split, so that one leaks. */
    public boolean isAcrossSplits() {
      return !image.file().split().equals(other.file().split());
    }

    /** Whether they are in different classes. */
    public boolean isAcrossClasses() {
      return image.file().label() != other.file().label();
    }

    /** The number of bits in which their perceptual hashes differ, 0 to 64. */
    public int distance() {
      return Duplicates.distance(image, other);
    }
  }

  private Duplicates() {}

  /** Images with the same bytes as another, in the listing's order. */
  public static List<Pair> copies(List<InspectedImage> images) {
    Duplicates found = new Duplicates();
    for (List<InspectedImage> copies : groups(images, image -> image.file().sha256())) {
      for (InspectedImage first : firsts(copies)) {
        copies.forEach(copy -> found.add(copy, first));
      }
    }
    return List.copyOf(found.pairs.values());
  }

  /**
   * Images that look like another one, of other bytes, in the listing's order. Plain ones are not
   * compared.
   *
   * @param distance the most bits in which their perceptual hashes differ, up to {@link
   *     #MOST_DISTANCE}
   */
  public static List<Pair> near(List<InspectedImage> images, int distance) {
    List<InspectedImage> different =
        groups(images, image -> image.file().sha256()).stream()
            .flatMap(copies -> firsts(copies).stream())
            .filter(image -> !image.look().isPlain())
            .toList();
    Collection<List<InspectedImage>> sameHash =
        groups(different, image -> image.look().perceptualHash());
    Duplicates found = new Duplicates();
    found.compare(sameHash.stream().flatMap(same -> firsts(same).stream()).toList(), distance);
    sameHash.forEach(found::addOthers);
    return List.copyOf(found.pairs.values());
  }

  /**
   * Compares images that share a band of bits. Two hashes that differ in d bits agree in one of d +
   * 1 bands at least, so that no pair is missed, and few are compared in vain.
   */
  private void compare(List<InspectedImage> images, int distance) {
    int bands = distance + 1;
    for (int band = 0; band < bands; band++) {
      int from = band * Long.SIZE / bands;
      int right = Long.SIZE - ((band + 1) * Long.SIZE / bands - from);
      for (List<InspectedImage> alike :
          groups(images, image -> image.look().perceptualHash() << from >>> right)) {
        for (InspectedImage image : alike) {
          for (InspectedImage other : alike) {
            if (distance(image, other) <= distance && !isCopy(image, other)) {
              add(image, other);
            }
          }
        }
      }
    }
  }

  /** Of images with the same hash, those that were not compared find what the first ones found. */
  private void addOthers(List<InspectedImage> same) {
    for (InspectedImage first : firsts(same)) {
      Pair pair = pairs.get(first.file().id());
      for (InspectedImage image : same) {
        if (!isCopy(image, first)) {
          add(image, first);
        }
        if (pair != null && !isCopy(image, pair.other)) {
          add(image, pair.other);
        }
      }
    }
  }

  /** Notes a pair, if the other one comes first and no better one was found. */
  private void add(InspectedImage image, InspectedImage other) {
    if (other.file().id() < image.file().id()) {
      pairs.merge(
          image.file().id(),
          new Pair(image, other),
          (a, b) -> BEST_FIRST.compare(a, b) <= 0 ? a : b);
    }
  }

  private static boolean isCopy(InspectedImage image, InspectedImage other) {
    return image.file().sha256().equals(other.file().sha256());
  }

  private static int distance(InspectedImage image, InspectedImage other) {
    return Long.bitCount(image.look().perceptualHash() ^ other.look().perceptualHash());
  }

  /** The first image of each side of the split. */
  private static Collection<InspectedImage> firsts(List<InspectedImage> images) {
    Map<String, InspectedImage> firsts = new LinkedHashMap<>();
    images.forEach(image -> firsts.putIfAbsent(image.file().split(), image));
    return firsts.values();
  }

  private static <K> Collection<List<InspectedImage>> groups(
      Collection<InspectedImage> images, Function<InspectedImage, K> key) {
    return images.stream()
        .collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()))
        .values();
  }
}
