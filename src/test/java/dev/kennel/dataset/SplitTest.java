package dev.kennel.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.ImageSettingsOf;
import dev.kennel.config.ImageSettings;
import dev.kennel.config.UserError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {
  private static final int CAT = 0;
  private static final int DOG = 1;
  private static final Classes CLASSES = new Classes(List.of("cat", "dog"));

  private final List<ImageFile> images = new ArrayList<>();

  @Test
  void aFifthOfEachClassIsForTesting() {
    different(10, CAT);
    different(20, DOG);

    Split split = stratified(0.2, 0);

    assertThat(counts(split.test())).isEqualTo(Map.of(CAT, 2L, DOG, 4L));
    assertThat(counts(split.train())).isEqualTo(Map.of(CAT, 8L, DOG, 16L));
  }

  @Test
  void everyImageIsOnOneSideInTheListingsOrder() {
    different(10, CAT);
    different(10, DOG);

    Split split = stratified(0.3, 0);

    List<Integer> both = new ArrayList<>(ids(split.train()));
    both.addAll(ids(split.test()));
    assertThat(both).containsExactlyInAnyOrderElementsOf(ids(images));
    assertThat(ids(split.train())).isSorted();
    assertThat(ids(split.test())).isSorted();
  }

  @ParameterizedTest
  @CsvSource({
    "2,  0.5,  1",
    "2,  0.01, 1", // one at least
    "2,  0.99, 1", // and one at least is left
    "3,  0.2,  1", // 0.6, rounded
    "7,  0.2,  1", // 1.4
    "8,  0.2,  2", // 1.6
    "10, 0.25, 3" // 2.5
  })
  void theShareIsRoundedAndLeavesAnImageOnEitherSide(int size, double share, long testImages) {
    different(size, CAT);
    different(size, DOG);

    assertThat(counts(stratified(share, 0).test()))
        .isEqualTo(Map.of(CAT, testImages, DOG, testImages));
  }

  @Test
  void theSplitDoesNotDependOnTheOrderOfTheImages() {
    different(10, CAT);
    different(10, DOG);
    copies(3, CAT, "same");
    Split expected = stratified(0.3, 4);

    Collections.shuffle(images, new Random(1));

    assertThat(stratified(0.3, 4)).isEqualTo(expected);
  }

  @Test
  void anotherSeedGivesAnotherSplit() {
    different(20, CAT);
    different(20, DOG);

    assertThat(stratified(0.5, 1)).isNotEqualTo(stratified(0.5, 2));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7})
  void copiesStayOnOneSideAcrossClassesToo(long seed) {
    different(5, CAT);
    different(5, DOG);
    copies(3, CAT, "a cat three times");
    copies(1, CAT, "a cat that is a dog too");
    copies(1, DOG, "a cat that is a dog too");

    Split split = stratified(0.4, seed);

    assertThat(hashes(split.train())).doesNotContainAnyElementsOf(hashes(split.test()));
    assertThat(split.train().size() + split.test().size()).isEqualTo(15);
    assertThat(counts(split.test()).get(CAT)).isBetween(1L, 4L); // 9 x 0.4 is 3.6
    assertThat(counts(split.test()).get(DOG)).isEqualTo(2); // 6 x 0.4 is 2.4
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3})
  void aClassOfPairsIsSplitThoughItsShareIsOneImage(long seed) {
    copies(2, CAT, "a");
    copies(2, CAT, "b");
    copies(2, CAT, "c");
    different(6, DOG);

    Split split = stratified(0.2, seed); // 6 x 0.2 is 1.2

    assertThat(counts(split.test())).isEqualTo(Map.of(CAT, 2L, DOG, 1L));
    assertThat(hashes(split.train())).doesNotContainAnyElementsOf(hashes(split.test()));
  }

  @Test
  void aClassOfPairsGetsNoMoreThanItsShareIfThatHoldsAPair() {
    copies(2, CAT, "a");
    copies(2, CAT, "b");
    copies(2, CAT, "c");
    different(6, DOG);

    assertThat(counts(stratified(0.5, 0).test())).isEqualTo(Map.of(CAT, 2L, DOG, 3L));
  }

  @Test
  void aClassOfOneImageIsAnError() {
    different(5, CAT);
    different(1, DOG);

    assertThatThrownBy(() -> stratified(0.2, 0))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot split /pets: class dog has 1 image; every class needs at least 2");
  }

  @Test
  void aClassWithoutImagesIsAnError() {
    different(5, DOG);

    assertThatThrownBy(() -> stratified(0.2, 0))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot split /pets: class cat has 0 images; every class needs at least 2");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 0.8})
  void aClassOfOnlyCopiesIsAnError(double testFraction) {
    different(5, CAT);
    copies(3, DOG, "the only dog");

    assertThatThrownBy(() -> stratified(testFraction, 0))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot split /pets: class dog has 3 images; they are copies of each other, and every"
                + " class needs at least 2 different ones");
  }

  @Test
  void twoFoldersAreTheSplitTheyCameWith() {
    given("train", CAT, "a", "b", "b");
    given("train", DOG, "c");
    given("test", CAT, "d");
    given("test", DOG, "e");

    Split split = Split.of(images, CLASSES, twoFolders(), 0);

    assertThat(hashes(split.train())).containsExactly("a", "b", "b", "c");
    assertThat(hashes(split.test())).containsExactly("d", "e");
  }

  @Test
  void imagesOnBothSidesAreLeftOutOfTrainingWhereTheyAreToBeDropped() {
    given("train", CAT, "a", "b", "c", "c");
    given("train", DOG, "d");
    given("test", CAT, "c");
    given("test", DOG, "e", "b");

    Split split = Split.of(images, CLASSES, twoFolders("drop"), 0);

    assertThat(hashes(split.train())).containsExactly("a", "d");
    assertThat(hashes(split.test())).containsExactly("c", "e", "b");
    assertThat(split.dropped())
        .containsExactly(
            images.get(1).rejected("duplicate", "the same bytes as the test image test/7"),
            images.get(2).rejected("duplicate", "the same bytes as the test image test/5"),
            images.get(3).rejected("duplicate", "the same bytes as the test image test/5"));
  }

  @Test
  void aClassWhoseTrainingImagesAreAllTestImagesTooIsAnError() {
    given("train", CAT, "a");
    given("train", DOG, "d");
    given("test", CAT, "b");
    given("test", DOG, "d");

    assertThatThrownBy(() -> Split.of(images, CLASSES, twoFolders("drop"), 0))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot train on /pets/train: class dog has no readable image there");
  }

  @Test
  void everyImageIsTestedOnInOneOfTheFoldsAndTrainedOnInTheOthers() {
    different(11, CAT);
    different(6, DOG);
    copies(2, DOG, "same");

    List<ImageFile> tested = new ArrayList<>();
    for (int fold = 1; fold <= 3; fold++) {
      Split split = Split.of(images, CLASSES, folds(3, fold), 5);
      assertThat(counts(split.test()).get(CAT)).isBetween(3L, 4L); // a third of 11
      assertThat(counts(split.test()).get(DOG)).isBetween(2L, 3L); // a third of 8
      assertThat(split.train()).doesNotContainAnyElementsOf(split.test());
      assertThat(split.train().size() + split.test().size()).isEqualTo(19);
      assertThat(hashes(split.test()).stream().filter("same"::equals).count()).isIn(0L, 2L);
      tested.addAll(split.test());
    }
    assertThat(tested).containsExactlyInAnyOrderElementsOf(images);
  }

  @Test
  void foldsOfImagesThatAreSplitAlreadyAreAnError() {
    given("train", CAT, "a");
    given("test", DOG, "b");

    assertThatThrownBy(() -> Split.of(images, CLASSES, folds(3, 1), 0))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot use folds for /pets: its images are split already;"
                + " name a split-column that it does not have");
  }

  @Test
  void aClassOfFewerImagesThanFoldsIsAnError() {
    different(5, CAT);
    different(2, DOG);

    assertThatThrownBy(() -> Split.of(images, CLASSES, folds(3, 1), 0))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot split /pets: class dog has 2 images;"
                + " 3 folds need at least 3 different ones of every class");
  }

  private static ImageSettings folds(int folds, int fold) {
    return ImageSettingsOf.of("images", "/pets", "folds", folds, "fold", fold);
  }

  @Test
  void oneFolderIsSplitByTheJob() {
    different(10, CAT);
    different(10, DOG);
    ImageSettings source = ImageSettingsOf.of("images", "/pets", "test-fraction", 0.3);

    assertThat(Split.of(images, CLASSES, source, 9)).isEqualTo(stratified(0.3, 9));
  }

  @Test
  void theSameBytesInBothFoldersAreAnErrorThatNamesTheFirstPairs() {
    given("train", CAT, "a", "b", "c", "d", "e");
    given("train", DOG, "f");
    given("test", CAT, "g");
    given("test", DOG, "b", "c", "d", "a"); // under another class at that

    assertThatThrownBy(() -> Split.of(images, CLASSES, twoFolders(), 0))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot test on /pets/test: 4 images are in /pets/train too, with the same bytes:"
                + " test/7 = train/1, test/8 = train/2, test/9 = train/3, …;"
                + " take them out of one side, or leave them out of"
                + " training by --duplicates drop");
  }

  @Test
  void oneImageInBothFoldersIsAnError() {
    given("train", CAT, "a");
    given("train", DOG, "b");
    given("test", CAT, "a");
    given("test", DOG, "c");

    assertThatThrownBy(() -> Split.of(images, CLASSES, twoFolders(), 0))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot test on /pets/test: 1 image is in /pets/train too, with the same bytes:"
                + " test/2 = train/0; take them out of one side, or leave them out of"
                + " training by --duplicates drop");
  }

  @Test
  void aClassWithoutReadableImagesForTestingIsAnError() {
    given("train", CAT, "a");
    given("train", DOG, "b");
    given("test", CAT, "c");

    assertThatThrownBy(() -> Split.of(images, CLASSES, twoFolders(), 0))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot test on /pets/test: class dog has no readable image there");
  }

  @Test
  void aClassWithoutReadableImagesForTrainingIsAnError() {
    given("train", DOG, "b");
    given("test", CAT, "c");
    given("test", DOG, "d");

    assertThatThrownBy(() -> Split.of(images, CLASSES, twoFolders(), 0))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot train on /pets/train: class cat has no readable image there");
  }

  @Test
  void everyWorkerNeedsTwoTrainingImages() {
    different(5, CAT);
    Split split = new Split(images, List.of(), List.of(), List.of());

    assertThatCode(() -> split.checkWorkers(2)).doesNotThrowAnyException();
    assertThatThrownBy(() -> split.checkWorkers(3))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot share 5 training images among 3 workers: each needs at least 2;"
                + " use fewer --workers");
  }

  @Test
  void aShareOfTheTrainingImagesIsForValidation() {
    different(20, CAT);
    different(10, DOG);
    copies(3, CAT, "a cat three times");
    ImageSettings source =
        ImageSettingsOf.of("images", "/pets", "test-fraction", 0.2, "validation-fraction", 0.25);

    Split split = Split.of(images, CLASSES, source, 3);
    Split without = Split.of(images, CLASSES, ImageSettingsOf.of("images", "/pets"), 3);

    assertThat(split.test()).isEqualTo(without.test()); // whether there is validation or not
    List<ImageFile> both = new ArrayList<>(split.train());
    both.addAll(split.validation());
    assertThat(both).containsExactlyInAnyOrderElementsOf(without.train());
    assertThat(counts(split.validation()).get(DOG)).isEqualTo(2); // 8 x 0.25
    assertThat(hashes(split.validation())).doesNotContainAnyElementsOf(hashes(split.train()));
    assertThat(split.heldOut()).extracting(Split.Side::name).containsExactly("validation", "test");
    assertThat(without.heldOut()).extracting(Split.Side::name).containsExactly("test");
  }

  @Test
  void validationImagesMayBeGivenToo() {
    given("train", CAT, "a");
    given("train", DOG, "b");
    given("validation", CAT, "c");
    given("test", CAT, "d");
    given("test", DOG, "e");

    Split split = Split.of(images, CLASSES, twoFolders(), 0);

    assertThat(hashes(split.validation())).containsExactly("c");
    assertThatThrownBy(
            () ->
                Split.of(
                    images,
                    CLASSES,
                    ImageSettingsOf.of("manifest", "/pets.csv", "validation-fraction", 0.5),
                    0))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot use validation-fraction for /pets.csv: it names validation images already");
  }

  @Test
  void anImageForTrainingAndValidationIsAnErrorUnlessItIsDropped() {
    given("train", CAT, "a", "same");
    given("train", DOG, "b");
    given("validation", CAT, "same");
    given("test", CAT, "d");
    given("test", DOG, "e");

    assertThatThrownBy(() -> Split.of(images, CLASSES, twoFolders(), 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot use the validation images: 1 image is in /pets/train too")
        .hasMessageContaining("validation/3 = train/1");
    Split split = Split.of(images, CLASSES, twoFolders("drop"), 0);
    assertThat(hashes(split.train())).containsExactly("a", "b");
    assertThat(split.dropped())
        .containsExactly(
            images
                .get(1)
                .rejected("duplicate", "the same bytes as the validation image validation/3"));
  }

  @Test
  void copiesAreCountedBesideTheFirst() {
    different(2, CAT);
    copies(3, DOG, "same");

    assertThat(new Split(images, List.of(), images.subList(0, 3), List.of()).copies()).isEqualTo(2);
  }

  private Split stratified(double testFraction, long seed) {
    return Split.stratified(images, CLASSES, testFraction, seed, "/pets");
  }

  private static ImageSettings twoFolders() {
    return twoFolders("error");
  }

  private static ImageSettings twoFolders(String duplicates) {
    return ImageSettingsOf.of(
        "train-images", "/pets/train", "test-images", "/pets/test", "duplicates", duplicates);
  }

  private void different(int count, int label) {
    for (int i = 0; i < count; i++) {
      add("", label, "only " + images.size());
    }
  }

  private void copies(int count, int label, String hash) {
    for (int i = 0; i < count; i++) {
      add("", label, hash);
    }
  }

  private void given(String side, int label, String... hashes) {
    for (String hash : hashes) {
      add(side, label, hash);
    }
  }

  private void add(String side, int label, String hash) {
    int id = images.size();
    images.add(new ImageFile(id, side + "/" + id, label, side, 100, hash, "", ""));
  }

  private static Map<Integer, Long> counts(List<ImageFile> side) {
    return side.stream().collect(Collectors.groupingBy(ImageFile::label, Collectors.counting()));
  }

  private static List<Integer> ids(List<ImageFile> side) {
    return side.stream().map(ImageFile::id).toList();
  }

  private static List<String> hashes(List<ImageFile> side) {
    return side.stream().map(ImageFile::sha256).toList();
  }
}
