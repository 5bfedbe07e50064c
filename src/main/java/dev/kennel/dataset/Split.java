package dev.kennel.dataset;

import dev.kennel.config.ImageSettings;
import dev.kennel.config.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which images are for training and which for testing. It depends on the images and the seed alone,
 * not on partitions or machines.
 *
 * @param train in the listing's order
 * @param test in the listing's order
 * @param dropped training images that are test images too, left out, with the reason
 */
public record Split(List<ImageFile> train, List<ImageFile> test, List<ImageFile> dropped) {
  /** Why an image of {@link #dropped} is left out. */
  static final String DUPLICATE = "duplicate";

  private static final int NAMED = 3; // pairs that an error names

  /**
   * The split that is given by two folders, lists or a manifest, or one made by the job.
   *
   * @throws UserError if a class is too small, or an image is on both sides
   */
  public static Split of(List<ImageFile> images, Classes classes, ImageSettings source, long seed) {
    boolean isGiven = images.stream().anyMatch(image -> !image.split().isEmpty());
    if (source.folds() > 0 && isGiven) {
      throw new UserError(
          "Cannot use folds for "
              + source.name()
              + ": its images are split already; name a split-column that it does not have");
    }
    if (source.folds() > 0) {
      return fold(images, classes, source, seed);
    }
    return isGiven
        ? given(images, classes, source)
        : stratified(images, classes, source.testFraction(), seed, source.name());
  }

  /**
   * Checks that every worker has images.
   *
   * @throws UserError if there are fewer training images than two a worker
   */
  public void checkWorkers(int workers) {
    if (train.size() < 2 * workers) {
      throw new UserError(
          "Cannot share "
              + train.size()
              + " training images among "
              + workers
              + " workers: each needs at least 2; use fewer --workers");
    }
  }

  /**
   * A stratified split: of each class the share {@code testFraction}, rounded, one image at least
   * on either side. Images of the same bytes stay on one side, whatever their classes.
   *
   * @throws UserError if a class has fewer than two different images
   */
  static Split stratified(
      List<ImageFile> images, Classes classes, double testFraction, long seed, String where) {
    List<List<ImageFile>> groups = shuffled(images, seed);
    int[] size = new int[classes.size()];
    images.forEach(image -> size[image.label()]++);
    int[] wanted = new int[classes.size()]; // test images still to be found, by class
    for (int label = 0; label < size.length; label++) {
      if (size[label] < 2) {
        throw tooSmall(where, classes, label, size[label], "every class needs at least 2");
      }
      long share = Math.min(size[label] - 1, Math.round(size[label] * testFraction));
      wanted[label] = (int) Math.max(fewestCopies(groups, label), share);
    }
    List<ImageFile> train = new ArrayList<>();
    List<ImageFile> test = new ArrayList<>();
    for (List<ImageFile> copies : groups) {
      Map<Integer, Long> count =
          copies.stream().collect(Collectors.groupingBy(ImageFile::label, Collectors.counting()));
      if (count.entrySet().stream().allMatch(c -> wanted[c.getKey()] >= c.getValue())) {
        count.forEach((label, copiesOfClass) -> wanted[label] -= copiesOfClass.intValue());
        test.addAll(copies);
      } else {
        train.addAll(copies);
      }
    }
    for (int label = 0; label < size.length; label++) {
      int of = label;
      if (test.stream().noneMatch(image -> image.label() == of)
          || train.stream().noneMatch(image -> image.label() == of)) {
        throw tooSmall(
            where,
            classes,
            label,
            size[label],
            "they are copies of each other, and every class needs at least 2 different ones");
      }
    }
    return new Split(sorted(train), sorted(test), List.of());
  }

  /**
   * One of several folds for testing and the others for training: each class is shared out among
   * them evenly, and copies stay together, so that the folds of one seed are the data set.
   *
   * @throws UserError if a class has fewer different images than there are folds
   */
  private static Split fold(
      List<ImageFile> images, Classes classes, ImageSettings source, long seed) {
    int folds = source.folds();
    int[][] sizes = new int[classes.size()][folds];
    List<ImageFile> train = new ArrayList<>();
    List<ImageFile> test = new ArrayList<>();
    for (List<ImageFile> copies : shuffled(images, seed)) {
      int[] ofClass = sizes[copies.get(0).label()];
      int smallest = 0;
      for (int fold = 1; fold < folds; fold++) {
        smallest = ofClass[fold] < ofClass[smallest] ? fold : smallest;
      }
      ofClass[smallest] += copies.size();
      (smallest == source.fold() - 1 ? test : train).addAll(copies);
    }
    for (int label = 0; label < sizes.length; label++) {
      if (Arrays.stream(sizes[label]).anyMatch(size -> size == 0)) {
        throw tooSmall(
            source.name(),
            classes,
            label,
            Arrays.stream(sizes[label]).sum(),
            folds + " folds need at least " + folds + " different ones of every class");
      }
    }
    return new Split(sorted(train), sorted(test), List.of());
  }

  /** How often a class holds the image that it holds least often: 1, unless all have copies. */
  private static long fewestCopies(List<List<ImageFile>> groups, int label) {
    return groups.stream()
        .mapToLong(copies -> copies.stream().filter(image -> image.label() == label).count())
        .filter(count -> count > 0)
        .min()
        .orElseThrow();
  }

  private static UserError tooSmall(
      String where, Classes classes, int label, int images, String needs) {
    return new UserError(
        "Cannot split "
            + where
            + ": class "
            + classes.folders().get(label)
            + " has "
            + images
            + (images == 1 ? " image; " : " images; ")
            + needs);
  }

  /**
   * The split that is given.
   *
   * @throws UserError if an image of the same bytes is on both sides, unless such images are to be
   *     dropped, or a class is empty on either
   */
  private static Split given(List<ImageFile> images, Classes classes, ImageSettings source) {
    Map<String, List<ImageFile>> sides =
        images.stream().collect(Collectors.groupingBy(ImageFile::split));
    List<ImageFile> train = sides.getOrDefault("train", List.of());
    List<ImageFile> test = sides.getOrDefault("test", List.of());
    List<ImageFile> dropped = List.of();
    if (source.dropsDuplicates()) {
      dropped = duplicates(train, test);
      Set<Integer> ids = dropped.stream().map(ImageFile::id).collect(Collectors.toSet());
      train = train.stream().filter(image -> !ids.contains(image.id())).toList();
    } else {
      checkNoLeak(train, test, source.trainName(), source.testName());
    }
    checkNoClassIsEmpty(train, classes, "Cannot train on " + source.trainName());
    checkNoClassIsEmpty(test, classes, "Cannot test on " + source.testName());
    return new Split(train, test, dropped);
  }

  /** The training images that are test images too, as rejected ones. */
  private static List<ImageFile> duplicates(List<ImageFile> train, List<ImageFile> test) {
    Map<String, ImageFile> tested = byContent(test);
    return train.stream()
        .filter(image -> tested.containsKey(image.sha256()))
        .map(
            image ->
                image.rejected(
                    DUPLICATE,
                    "the same bytes as the test image " + tested.get(image.sha256()).path()))
        .toList();
  }

  private static Map<String, ImageFile> byContent(List<ImageFile> images) {
    return images.stream().collect(Collectors.toMap(ImageFile::sha256, f -> f, (a, b) -> a));
  }

  private static void checkNoLeak(
      List<ImageFile> train, List<ImageFile> test, String trainName, String testName) {
    Map<String, ImageFile> seen = byContent(train);
    List<ImageFile> leaks = test.stream().filter(f -> seen.containsKey(f.sha256())).toList();
    if (!leaks.isEmpty()) {
      throw new UserError(
          "Cannot test on "
              + testName
              + ": "
              + leaks.size()
              + (leaks.size() == 1 ? " image is" : " images are")
              + " in "
              + trainName
              + " too, with the same bytes: "
              + leaks.stream()
                  .limit(NAMED)
                  .map(leak -> leak.path() + " = " + seen.get(leak.sha256()).path())
                  .collect(Collectors.joining(", "))
              + (leaks.size() > NAMED ? ", …" : "")
              + "; take them out of one side, or leave them out of training by --duplicates drop");
    }
  }

  private static void checkNoClassIsEmpty(List<ImageFile> side, Classes classes, String cannot) {
    for (int label = 0; label < classes.size(); label++) {
      int of = label;
      if (side.stream().noneMatch(image -> image.label() == of)) {
        throw new UserError(
            cannot + ": class " + classes.folders().get(label) + " has no readable image there");
      }
    }
  }

  /** Groups of images with the same bytes, in an order that the bytes and the seed decide. */
  private static List<List<ImageFile>> shuffled(List<ImageFile> images, long seed) {
    Map<String, List<ImageFile>> groups =
        images.stream()
            .collect(Collectors.groupingBy(ImageFile::sha256, TreeMap::new, Collectors.toList()));
    List<List<ImageFile>> order = new ArrayList<>(groups.values());
    Collections.shuffle(order, new Random(new SplittableRandom(seed).nextLong()));
    return order;
  }

  private static List<ImageFile> sorted(List<ImageFile> images) {
    return images.stream().sorted(Comparator.comparingInt(ImageFile::id)).toList();
  }

  /**
   * Deals images to shards, class by class in a seeded order, so that each shard has its share of
   * every class and sizes differ by one at most.
   *
   * @return the shard of each image, by the image's id
   */
  static Map<Integer, Integer> deal(List<ImageFile> images, int shards, long seed) {
    List<ImageFile> order = new ArrayList<>(images);
    Collections.shuffle(order, new Random(new SplittableRandom(seed).split().nextLong()));
    order.sort(Comparator.comparingInt(ImageFile::label)); // stable: shuffled within a class
    Map<Integer, Integer> shardOf = new HashMap<>();
    for (int i = 0; i < order.size(); i++) {
      shardOf.put(order.get(i).id(), i % shards);
    }
    return shardOf;
  }

  /** Number of images that are copies of another one on their side. */
  public int copies() {
    return copies(train) + copies(test);
  }

  private static int copies(List<ImageFile> images) {
    return images.size() - (int) images.stream().map(ImageFile::sha256).distinct().count();
  }
}
