package dev.kennel.dataset;

import dev.kennel.config.ImageSettings;
import dev.kennel.config.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which images are for training, which for validation, and which for testing. It depends on the
 * images and the seed alone, not on partitions or machines.
 *
 * @param train in the listing's order
 * @param validation in the listing's order; none, where no such part is wanted
 * @param test in the listing's order
 * @param dropped images that are on a side that counts for more too, left out, with the reason
 */
public record Split(
    List<ImageFile> train,
    List<ImageFile> validation,
    List<ImageFile> test,
    List<ImageFile> dropped) {
  /** The sides, as tables and manifests name them. */
  static final List<String> NAMES = List.of("train", "validation", "test");

  /** One side of a split. */
  public record Side(String name, List<ImageFile> images) {}

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
    Split split;
    if (source.folds() > 0) {
      split = fold(images, classes, source, seed);
    } else if (isGiven) {
      split = given(images, classes, source);
    } else {
      split = stratified(images, classes, source.testFraction(), seed, source.name());
    }
    return split.withValidation(classes, source, seed);
  }

  /** Takes images for validation from those for training, where that is wanted. */
  private Split withValidation(Classes classes, ImageSettings source, long seed) {
    if (source.validationFraction() == 0) {
      return this;
    }
    if (!validation.isEmpty()) {
      throw new UserError(
          "Cannot use validation-fraction for "
              + source.name()
              + ": it names validation images already");
    }
    String where = "the training images of " + source.name() + " for validation";
    Split parts = stratified(train, classes, source.validationFraction(), seed, where);
    return new Split(parts.train, parts.test, test, dropped);
  }

  /** The sides that are not trained on, if they have images. */
  public List<Side> heldOut() {
    return Stream.of(new Side("validation", validation), new Side("test", test))
        .filter(side -> !side.images.isEmpty())
        .toList();
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
    long[] fewest = fewestCopies(groups, classes.size());
    int[] wanted = new int[classes.size()]; // test images still to be found, by class
    for (int label = 0; label < size.length; label++) {
      if (size[label] < 2) {
        throw tooSmall(where, classes, label, size[label], "every class needs at least 2");
      }
      long share = Math.min(size[label] - 1, Math.round(size[label] * testFraction));
      wanted[label] = (int) Math.max(fewest[label], share);
    }
    List<ImageFile> train = new ArrayList<>();
    List<ImageFile> test = new ArrayList<>();
    for (List<ImageFile> copies : groups) {
      Map<Integer, Long> count = byLabel(copies);
      if (count.entrySet().stream().allMatch(c -> wanted[c.getKey()] >= c.getValue())) {
        count.forEach((label, copiesOfClass) -> wanted[label] -= copiesOfClass.intValue());
        test.addAll(copies);
      } else {
        train.addAll(copies);
      }
    }
    Set<Integer> tested = byLabel(test).keySet();
    Set<Integer> trained = byLabel(train).keySet();
    for (int label = 0; label < size.length; label++) {
      if (!tested.contains(label) || !trained.contains(label)) {
        throw tooSmall(
            where,
            classes,
            label,
            size[label],
            "they are copies of each other, and every class needs at least 2 different ones");
      }
    }
    return new Split(sorted(train), List.of(), sorted(test), List.of());
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
    return new Split(sorted(train), List.of(), sorted(test), List.of());
  }

  /** How often each class holds the image that it holds least often: 1, unless all have copies. */
  private static long[] fewestCopies(List<List<ImageFile>> groups, int classes) {
    long[] fewest = new long[classes];
    Arrays.fill(fewest, Long.MAX_VALUE);
    for (List<ImageFile> copies : groups) {
      byLabel(copies).forEach((label, count) -> fewest[label] = Math.min(fewest[label], count));
    }
    return fewest;
  }

  private static Map<Integer, Long> byLabel(List<ImageFile> images) {
    return images.stream().collect(Collectors.groupingBy(ImageFile::label, Collectors.counting()));
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
    List<ImageFile> validation = sides.getOrDefault("validation", List.of());
    List<ImageFile> test = sides.getOrDefault("test", List.of());
    List<ImageFile> dropped = new ArrayList<>();
    if (source.dropsDuplicates()) {
      validation = without(test, "test", validation, dropped);
      train = without(test, "test", train, dropped);
      train = without(validation, "validation", train, dropped);
    } else {
      checkNoLeak(train, test, source.trainName(), "Cannot test on " + source.testName());
      checkNoLeak(validation, test, "the validation images", "Cannot test on " + source.testName());
      checkNoLeak(train, validation, source.trainName(), "Cannot use the validation images");
    }
    checkNoClassIsEmpty(train, classes, "Cannot train on " + source.trainName());
    checkNoClassIsEmpty(test, classes, "Cannot test on " + source.testName());
    return new Split(train, validation, test, dropped);
  }

  /** One side without what is on another too; that goes to {@code dropped}, with the reason. */
  private static List<ImageFile> without(
      List<ImageFile> other, String name, List<ImageFile> side, List<ImageFile> dropped) {
    Map<String, ImageFile> others = byContent(other);
    List<ImageFile> kept = new ArrayList<>();
    for (ImageFile image : side) {
      ImageFile same = others.get(image.sha256());
      if (same == null) {
        kept.add(image);
      } else {
        String detail = "the same bytes as the " + name + " image " + same.path();
        dropped.add(image.rejected(DUPLICATE, detail));
      }
    }
    return kept;
  }

  private static Map<String, ImageFile> byContent(List<ImageFile> images) {
    return images.stream().collect(Collectors.toMap(ImageFile::sha256, f -> f, (a, b) -> a));
  }

  private static void checkNoLeak(
      List<ImageFile> train, List<ImageFile> test, String trainName, String cannot) {
    Map<String, ImageFile> seen = byContent(train);
    List<ImageFile> leaks = test.stream().filter(f -> seen.containsKey(f.sha256())).toList();
    if (!leaks.isEmpty()) {
      throw new UserError(
          cannot
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
    Set<Integer> labels = byLabel(side).keySet();
    for (int label = 0; label < classes.size(); label++) {
      if (!labels.contains(label)) {
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

  /** Number of images that are copies of another one on their side. */
  public int copies() {
    return copies(train) + copies(validation) + copies(test);
  }

  private static int copies(List<ImageFile> images) {
    return images.size() - (int) images.stream().map(ImageFile::sha256).distinct().count();
  }
}
