package dev.kennel.config;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the images are. Either {@code folder}, to be split by the job, or {@code train} and {@code
 * test}; none of them means the sample images.
 *
 * @param folder a folder with one folder of images per class
 * @param train such a folder, for training only
 * @param test such a folder, for testing only
 * @param testFraction share of each class that is held out for testing, in (0, 1)
 * @param maxRejected share of unreadable images above which the job stops, in [0, 1]
 */
public record ImageSettings(
    Optional<String> folder,
    Optional<String> train,
    Optional<String> test,
    double testFraction,
    double maxRejected) {
  public ImageSettings {
    Checks.that(
        Stream.of(folder, train, test).noneMatch(name -> name.filter(String::isBlank).isPresent()),
        "Cannot read images: the name of their folder is empty");
    Checks.that(
        train.isPresent() == test.isPresent(),
        "Cannot train with only one of train-images and test-images: give both, or images alone");
    Checks.that(
        folder.isEmpty() || train.isEmpty(),
        "Cannot use images together with train-images and test-images: give one or the other");
    Checks.that(
        testFraction > 0 && testFraction < 1,
        "Cannot use test-fraction %s: it lies between 0 and 1, without them",
        testFraction);
    Checks.that(
        maxRejected >= 0 && maxRejected <= 1,
        "Cannot use max-rejected %s: it is a share from 0 to 1",
        maxRejected);
  }

  /** Whether no folder is named, so that the sample images are meant. */
  public boolean areSamples() {
    return folder.isEmpty() && train.isEmpty();
  }

  /** The same settings for a folder that the job splits. */
  public ImageSettings withFolder(String newFolder) {
    return new ImageSettings(
        Optional.of(newFolder), Optional.empty(), Optional.empty(), testFraction, maxRejected);
  }
}
