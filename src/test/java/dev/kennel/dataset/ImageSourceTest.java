package dev.kennel.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.ImageSettingsOf;
import dev.kennel.LocalSpark;
import dev.kennel.config.ImageSettings;
import dev.kennel.config.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSourceTest {
  private static final byte[] NOTHING = {};

  @TempDir Path dogs;

  @Test
  void everyFileIsARowWithTheClassOfItsFolder() throws IOException {
    write("n02110958-pug/2.png", "n02110958-pug/10.png", "n02085620-Chihuahua/a b%23.jpg");

    ImageSource.Listing listing = list(dogs);

    assertThat(listing.classes().folders()).containsExactly("n02085620-Chihuahua", "n02110958-pug");
    assertThat(listing.count()).isEqualTo(3);
    assertThat(listing.ignored()).isEmpty();
    assertThat(listing.images().schema()).isEqualTo(ImageSource.SCHEMA);
    assertThat(listing.images().collectAsList())
        .containsExactly(
            RowFactory.create(
                0, dogs + "/n02085620-Chihuahua/a b%23.jpg", 0, "Chihuahua", null, null),
            RowFactory.create(1, dogs + "/n02110958-pug/10.png", 1, "pug", null, null),
            RowFactory.create(2, dogs + "/n02110958-pug/2.png", 1, "pug", null, null));
  }

  @Test
  void twoFoldersAreTrainAndTest() throws IOException {
    write("train/cat/1.png", "train/dog/1.png", "test/cat/2.png", "test/dog/2.png");

    ImageSource.Listing listing = list(dogs.resolve("train"), dogs.resolve("test"));

    assertThat(listing.classes().folders()).containsExactly("cat", "dog");
    assertThat(listing.count()).isEqualTo(4);
    assertThat(listing.images().collectAsList())
        .containsExactly(
            RowFactory.create(0, dogs + "/train/cat/1.png", 0, "cat", "train", null),
            RowFactory.create(1, dogs + "/train/dog/1.png", 1, "dog", "train", null),
            RowFactory.create(2, dogs + "/test/cat/2.png", 0, "cat", "test", null),
            RowFactory.create(3, dogs + "/test/dog/2.png", 1, "dog", "test", null));
  }

  @Test
  void filesAndHiddenFoldersBesideTheClassesAreIgnored() throws IOException {
    write("cat/1.png", "dog/1.png", "README.md", ".cache/1.png");

    ImageSource.Listing listing = list(dogs);

    assertThat(listing.classes().folders()).containsExactly("cat", "dog");
    assertThat(listing.count()).isEqualTo(2);
    assertThat(listing.ignored()).containsExactly(dogs + "/.cache", dogs + "/README.md");
  }

  @Test
  void oneEmptyClassFolderIsStillAClass() throws IOException {
    write("dog/1.png");
    Files.createDirectory(dogs.resolve("cat"));

    assertThat(list(dogs).classes().folders()).containsExactly("cat", "dog");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Images/", "", "a/b c/"})
  void anArchiveOfClassFoldersIsListedAsTheyAre(String place) throws IOException {
    Path archive = zip(place + "dog/2.png", place + "cat/1.png", place + "dog/1.png");

    ImageSource.Listing listing = list(archive);

    assertThat(listing.classes().folders()).containsExactly("cat", "dog");
    assertThat(listing.ignored()).isEmpty();
    assertThat(listing.images().select("path", "label", "class_name", "split").collectAsList())
        .containsExactly(
            RowFactory.create(archive + "!/" + place + "cat/1.png", 0, "cat", null),
            RowFactory.create(archive + "!/" + place + "dog/1.png", 1, "dog", null),
            RowFactory.create(archive + "!/" + place + "dog/2.png", 1, "dog", null));
  }

  @Test
  void whatIsInNoClassFolderOfAnArchiveIsIgnoredAndSaid() throws IOException {
    Path archive =
        zip("a/cat/1.png", "a/dog/1.png", "a/LICENSE", "README", "__MACOSX/a/cat/._1.png", "../x");

    ImageSource.Listing listing = list(archive);

    assertThat(listing.count()).isEqualTo(2);
    assertThat(listing.ignored())
        .containsExactly(
            archive + "!/../x",
            archive + "!/README",
            archive + "!/__MACOSX/a/cat/._1.png",
            archive + "!/a/LICENSE");
  }

  @Test
  void classFoldersOfAnArchiveThatAreNotSideBySideAreAnError() throws IOException {
    Path archive = zip("train/cat/1.png", "train/dog/1.png", "test/cat/1.png");

    assertError(
        archive,
        "Cannot train on "
            + archive
            + ": its folders of images are not side by side, as in test/cat, train/cat; it needs"
            + " one folder per class");
  }

  @Test
  void anArchiveWithoutFoldersIsAnError() throws IOException {
    Path archive = zip("1.png");

    assertError(
        archive,
        "Cannot train on " + archive + ": it holds no folder of images; it needs one per class");
  }

  @Test
  void aFolderThatDoesNotExistIsAnError() {
    assertError(
        dogs.resolve("none"), "Cannot read images from " + dogs + "/none: there is no such folder");
  }

  @Test
  void aFileSystemThatDoesNotExistIsAnError() {
    assertThatThrownBy(
            () ->
                ImageSource.list(
                    LocalSpark.session(),
                    ImageSettingsOf.of("images", "nowhere://bucket/dogs"),
                    staging()))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot read images from nowhere://bucket/dogs: ");
  }

  @Test
  void aFileInsteadOfAFolderIsAnError() throws IOException {
    write("dogs.txt");

    assertError(
        dogs.resolve("dogs.txt"),
        "Cannot read images from " + dogs + "/dogs.txt: it is a file, not a folder");
  }

  @Test
  void aFolderWithoutClassFoldersIsAnError() throws IOException {
    write("1.png", "2.png");

    assertError(
        dogs, "Cannot train on " + dogs + ": it holds no folder of images; it needs one per class");
  }

  @Test
  void oneClassIsAnError() throws IOException {
    write("pug/1.png");

    assertError(
        dogs,
        "Cannot train on " + dogs + ": it holds one class, pug; a classifier needs two or more");
  }

  @Test
  void aFolderAboveTheRightOneIsAnErrorThatNamesTheRightOne() throws IOException {
    write("Images/beagle/1.png", "Images/pug/1.png");

    assertError(
        dogs,
        "Cannot train on "
            + dogs
            + ": its folder Images holds folders (beagle, …), not images; did you mean "
            + dogs
            + "/Images?");
  }

  @Test
  void foldersInsideOneOfManyFoldersAreAnError() throws IOException {
    write("Annotation/1.xml", "Images/pug/1.png");

    assertError(
        dogs,
        "Cannot train on "
            + dogs
            + ": its folder Images holds folders (pug), not images;"
            + " name the folder that holds one folder per class");
  }

  @Test
  void emptyClassFoldersAreAnError() throws IOException {
    Files.createDirectory(dogs.resolve("cat"));
    Files.createDirectory(dogs.resolve("dog"));

    assertError(dogs, "Cannot train on " + dogs + ": its class folders hold no images");
  }

  @Test
  void anEmptyTestFolderIsNamedAsWhatItIs() throws IOException {
    write("train/cat/1.png", "train/dog/1.png");
    Path test = Files.createDirectory(dogs.resolve("test"));

    assertThatThrownBy(() -> list(dogs.resolve("train"), test))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot test on " + test + ": it holds no folder of images");
  }

  @Test
  void trainAndTestOfDifferentClassesAreAnErrorThatNamesThem() throws IOException {
    write("train/cat/1.png", "train/dog/1.png", "train/a/1.png", "train/b/1.png");
    write("train/c/1.png", "test/cat/1.png", "test/Dog/1.png");

    assertThatThrownBy(() -> list(dogs.resolve("train"), dogs.resolve("test")))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot test on "
                + dogs
                + "/test: its classes differ from those of "
                + dogs
                + "/train; only in train: a, b, c and 1 more; only in test: Dog");
  }

  @Test
  void listsSayWhichImagesAreForWhat() throws IOException {
    write("in/cat/1.png", "in/cat/2.png", "in/cat/3.png", "in/dog/1.png", "in/dog/2.png");
    Path train = lines("train.txt", "dog/1.png", "", " Images/cat/2.png ");
    Path test = lines("test.txt", "cat/1.png", "dog/gone.png");

    ImageSource.Listing listing = listed(dogs.resolve("in"), train, test);

    assertThat(listing.classes().folders()).containsExactly("cat", "dog");
    assertThat(listing.ignored()).containsExactly("2 of the images, which are in neither list");
    assertThat(listing.images().collectAsList())
        .containsExactly(
            RowFactory.create(0, dogs + "/in/cat/2.png", 0, "cat", "train", null),
            RowFactory.create(1, dogs + "/in/dog/1.png", 1, "dog", "train", null),
            RowFactory.create(2, dogs + "/in/cat/1.png", 0, "cat", "test", null),
            RowFactory.create(3, dogs + "/in/dog/gone.png", 1, "dog", "test", null));
  }

  @Test
  void listsNameImagesInArchivesToo() throws IOException {
    Path archive = zip("Images/cat/1.png", "Images/dog/1.png", "Images/dog/2.png");
    Path train = lines("train.txt", "cat/1.png", "dog/2.png");
    Path test = lines("test.txt", "dog/1.png", "cat/gone.png");

    ImageSource.Listing listing = listed(archive, train, test);

    assertThat(listing.images().select("path", "split").collectAsList())
        .containsExactly(
            RowFactory.create(archive + "!/Images/cat/1.png", "train"),
            RowFactory.create(archive + "!/Images/dog/2.png", "train"),
            RowFactory.create(archive + "!/Images/cat/gone.png", "test"),
            RowFactory.create(archive + "!/Images/dog/1.png", "test"));
  }

  @Test
  void aListThatCannotBeUsedIsAnErrorThatNamesTheLine() throws IOException {
    write("in/cat/1.png", "in/dog/1.png");
    Path in = dogs.resolve("in");
    Path good = lines("good.txt", "cat/1.png");
    Path both = lines("both.txt", "dog/1.png", "in/cat/1.png");
    Path other = lines("other.txt", "cow/1.png");
    Path bare = lines("bare.txt", "1.png");
    Path empty = lines("empty.txt", "");

    assertListError(
        in,
        good,
        both,
        "Cannot split images by " + both + ": line 2 names cat/1.png, which is line 1 of " + good);
    assertListError(
        in,
        good,
        other,
        "Cannot train on "
            + in
            + ": line 1 of "
            + other
            + " names cow/1.png, and there is no folder cow");
    assertListError(
        in,
        good,
        bare,
        "Cannot split images by " + bare + ": line 1 is 1.png; it needs CLASS/FILE");
    assertListError(in, good, empty, "Cannot split images by " + empty + ": it names no image");
    assertListError(
        in,
        good,
        dogs.resolve("no.txt"),
        "Cannot split images by " + dogs + "/no.txt: there is no such file");
  }

  private void assertListError(Path folder, Path train, Path test, String message) {
    assertThatThrownBy(() -> listed(folder, train, test))
        .isInstanceOf(UserError.class)
        .hasMessage(message);
  }

  private void write(String... files) throws IOException {
    for (String file : files) {
      Pictures.write(dogs.resolve(file), NOTHING);
    }
  }

  private void assertError(Path folder, String message) {
    assertThatThrownBy(() -> list(folder)).isInstanceOf(UserError.class).hasMessage(message);
  }

  private ImageSource.Listing list(Path folder) {
    return list(ImageSettingsOf.of("images", folder));
  }

  private ImageSource.Listing list(Path train, Path test) {
    return list(ImageSettingsOf.of("train-images", train, "test-images", test));
  }

  private ImageSource.Listing listed(Path folder, Path train, Path test) {
    return list(ImageSettingsOf.of("images", folder, "train-list", train, "test-list", test));
  }

  private ImageSource.Listing list(ImageSettings settings) {
    return ImageSource.list(LocalSpark.session(), settings, staging());
  }

  private Path lines(String name, String... lines) throws IOException {
    return Files.write(dogs.resolve(name), List.of(lines));
  }

  private Path zip(String... names) throws IOException {
    Path archive = dogs.resolve("dogs.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(archive))) {
      for (String name : names) {
        out.putNextEntry(new ZipEntry(name));
        out.closeEntry();
      }
    }
    return archive;
  }

  private String staging() {
    return dogs.resolve("unpacked").toString();
  }
}
