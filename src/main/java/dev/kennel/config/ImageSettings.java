package dev.kennel.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the images are. Either {@code folder}, to be split by the job or by lists, or {@code train}
 * and {@code test}, or {@code manifest}; none of them means the sample images.
 *
 * @param folder a folder with one folder of images per class; beside a manifest the folder in which
 *     its relative paths begin
 * @param train such a folder, for training only
 * @param test such a folder, for testing only
 * @param trainList a text file that names the images of {@code folder} that are for training
 * @param testList the same for testing
 * @param manifest a table of images and their classes
 * @param testFraction share of each class that is held out for testing, in (0, 1)
 * @param validationFraction share of each class's training images that is held out for validation,
 *     in [0, 1)
 * @param folds parts of which each is tested on in one run, for cross-validation; none: 0
 * @param fold the part that is tested on in this run, counted from 1
 * @param duplicates what becomes of images that are both training and test images, with the same
 *     bytes, where that is given: error, or drop, which leaves them out of training
 * @param acceptsTruncated whether of an image that was cut short what is there is taken
 * @param decoding full, or reduced, which decodes a large JPEG at a fraction of its size
 * @param maxRejected share of unreadable images above which the job stops, in [0, 1]
 */
public record ImageSettings(
    Optional<String> folder,
    Optional<String> train,
    Optional<String> test,
    Optional<String> trainList,
    Optional<String> testList,
    Optional<ManifestSettings> manifest,
    double testFraction,
    double validationFraction,
    int folds,
    int fold,
    String duplicates,
    boolean acceptsTruncated,
    String decoding,
    double maxRejected) {
  /** What to do with test images that are among the training images too, with the same bytes. */
  private static final List<String> DUPLICATES = List.of("error", "drop");

  private static final List<String> DECODINGS = List.of("full", "reduced");

  public ImageSettings {
    Checks.that(
        Stream.of(folder, train, test, trainList, testList)
            .noneMatch(name -> name.filter(String::isBlank).isPresent()),
        "Cannot read images: the name of their folder or list is empty");
    Checks.that(
        train.isPresent() == test.isPresent(),
        "Cannot train with only one of train-images and test-images: give both, or images alone");
    Checks.that(
        folder.isEmpty() || train.isEmpty(),
        "Cannot use images together with train-images and test-images: give one or the other");
    Checks.that(
        trainList.isPresent() == testList.isPresent(),
        "Cannot split images by only one of train-list and test-list: give both");
    Checks.that(
        trainList.isEmpty() || folder.isPresent(),
        "Cannot use train-list and test-list without images: they name files of that folder");
    Checks.that(
        manifest.isEmpty() || (train.isEmpty() && trainList.isEmpty()),
        "Cannot use a manifest together with train-images or train-list: its split column says what"
            + " is for training");
    Checks.that(
        DUPLICATES.contains(duplicates),
        "Cannot use duplicates %s: it is error or drop",
        duplicates);
    Checks.that(
        testFraction > 0 && testFraction < 1,
        "Cannot use test-fraction %s: it lies between 0 and 1, without them",
        testFraction);
    Checks.that(
        validationFraction >= 0 && validationFraction < 1,
        "Cannot use validation-fraction %s: it lies between 0, for none, and 1, without 1",
        validationFraction);
    Checks.that(
        DECODINGS.contains(decoding), "Cannot use decoding %s: it is full or reduced", decoding);
    Checks.that(folds == 0 || folds >= 2, "Cannot use folds %s: it is 2 or more, or 0", folds);
    Checks.that(
        fold >= 1 && fold <= Math.max(folds, 1),
        "Cannot use fold %s: it lies from 1 to folds, which is %s",
        fold,
        folds);
    Checks.that(
        folds == 0 || (train.isEmpty() && trainList.isEmpty()),
        "Cannot use folds for images that are split already");
    Checks.that(
        maxRejected >= 0 && maxRejected <= 1,
        "Cannot use max-rejected %s: it is a share from 0 to 1",
        maxRejected);
  }

  /** Whether nothing is named, so that the sample images are meant. */
  public boolean areSamples() {
    return folder.isEmpty() && train.isEmpty() && manifest.isEmpty();
  }

  /** What errors call the training images. */
  public String trainName() {
    return train.or(() -> trainList).orElseGet(this::name);
  }

  /** What errors call the test images. */
  public String testName() {
    return test.or(() -> testList).orElseGet(this::name);
  }

  /** What errors call images that the job splits. */
  public String name() {
    return manifest.map(ManifestSettings::table).or(() -> folder).orElse("the sample images");
  }

  /** Whether large JPEGs may be decoded at a fraction of their size. */
  public boolean mayReduce() {
    return decoding.equals("reduced");
  }

  /** Whether training images that are test images too are left out rather than an error. */
  public boolean dropsDuplicates() {
    return duplicates.equals("drop");
  }

  /** The same settings for a folder that the job splits. */
  public ImageSettings withFolder(String newFolder) {
    return new ImageSettings(
        Optional.of(newFolder),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        testFraction,
        validationFraction,
        folds,
        fold,
        duplicates,
        acceptsTruncated,
        decoding,
        maxRejected);
  }
}
