package dev.kennel.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.kennel.ImageSettingsOf;
import dev.kennel.LocalSpark;
import dev.kennel.config.ImageSettings;
import dev.kennel.config.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedImagesTest {
  private static final byte[] EMPTY = {};
  private static final byte[] TEXT = "not a dog".getBytes(StandardCharsets.UTF_8);

  @TempDir Path dogs;

  @Test
  void aLinkThatLeadsNowhereIsRejectedNotForgotten() throws IOException {
    Pictures.write(dogs.resolve("beagle/1.png"), 8, 6, 0xff0000);
    Pictures.write(dogs.resolve("pug/1.png"), 8, 6, 0x00ff00);
    Files.createSymbolicLink(dogs.resolve("pug/2.png"), dogs.resolve("absent.png"));

    PreparedImages decoded = prepare(8);
    assertThat(decoded.rejected())
        .extracting(ImageFile::path, ImageFile::reason)
        .containsExactly(tuple(dogs + "/pug/2.png", "unreadable"));
  }

  @Test
  void filesThatAreNoImagesAreRejectedWithTheirReasons() throws IOException {
    Pictures.write(dogs.resolve("beagle/1.png"), 8, 6, 0xff0000);
    Pictures.write(dogs.resolve("beagle/2.jpg"), EMPTY);
    Pictures.write(dogs.resolve("beagle/3.jpg"), TEXT);
    Pictures.write(dogs.resolve("pug/1.jpg"), 8, 6, 0x00ff00);
    byte[] jpeg = Files.readAllBytes(dogs.resolve("pug/1.jpg"));
    int cut = jpeg.length - 20;
    Pictures.write(dogs.resolve("pug/2.jpg"), Arrays.copyOf(jpeg, cut));
    Pictures.write(dogs.resolve("pug/3.jpg"), EMPTY);

    PreparedImages decoded = prepare(8);
    assertThat(decoded.accepted())
        .extracting(ImageFile::id, ImageFile::path, ImageFile::label)
        .containsExactly(tuple(0, dogs + "/beagle/1.png", 0), tuple(3, dogs + "/pug/1.jpg", 1));
    assertThat(decoded.rejected())
        .extracting(ImageFile::id, ImageFile::bytes, ImageFile::reason, ImageFile::detail)
        .containsExactly(
            tuple(1, 0L, "empty", "0 bytes"),
            tuple(2, 9L, "not an image", "9 bytes that begin with 6e 6f 74 20 61 20 64 6f"),
            tuple(
                4,
                (long) cut,
                "truncated",
                "JPEG ends after " + cut + " bytes, 0 % of its rows decoded"),
            tuple(5, 0L, "empty", "0 bytes"));
    assertThat(ImageFile.reasons(decoded.rejected()))
        .isEqualTo("2 empty, 1 not an image, 1 truncated");
  }

  @Test
  void aFileIsKnownByItsSizeAndTheHashOfItsBytes() throws Exception {
    Pictures.write(dogs.resolve("beagle"), 1);
    Pictures.write(dogs.resolve("pug"), 1);
    byte[] bytes = Files.readAllBytes(dogs.resolve("beagle/0.png"));
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);

    PreparedImages decoded = prepare(8);
    assertThat(decoded.accepted().get(0))
        .isEqualTo(
            new ImageFile(
                0,
                dogs + "/beagle/0.png",
                0,
                "",
                bytes.length,
                HexFormat.of().formatHex(hash),
                "",
                ""));
  }

  @Test
  void imagesInAnArchiveAreDecodedAsFilesAre() throws IOException {
    Pictures.write(dogs.resolve("beagle"), 2);
    Pictures.write(dogs.resolve("pug"), 1);
    Path archive = dogs.resolve("dogs.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(archive))) {
      for (String name : List.of("beagle/0.png", "beagle/1.png", "pug/0.png", "pug/none.png")) {
        out.putNextEntry(new ZipEntry(name));
        if (Files.exists(dogs.resolve(name))) {
          out.write(Files.readAllBytes(dogs.resolve(name)));
        }
        out.closeEntry();
      }
    }

    PreparedImages files = prepare(8);
    PreparedImages entries = prepare(list(archive), 8);
    assertThat(entries.accepted())
        .extracting(ImageFile::sha256, ImageFile::bytes, ImageFile::label)
        .isEqualTo(
            files.accepted().stream()
                .map(file -> tuple(file.sha256(), file.bytes(), file.label()))
                .toList());
    assertThat(entries.rejected())
        .extracting(ImageFile::path, ImageFile::reason)
        .containsExactly(tuple(archive + "!/pug/none.png", "empty"));
  }

  @Test
  void aFileThatIsGoneSinceItWasListedIsRejected() throws IOException {
    Pictures.write(dogs.resolve("beagle"), 1);
    Pictures.write(dogs.resolve("pug"), 1);
    ImageSource.Listing listing = list();
    Files.delete(dogs.resolve("pug/0.png"));

    PreparedImages decoded = prepare(listing, 8);
    assertThat(decoded.accepted()).hasSize(1);
    assertThat(decoded.rejected())
        .singleElement()
        .satisfies(
            file -> {
              assertThat(file.path()).isEqualTo(dogs + "/pug/0.png");
              assertThat(file.reason()).isEqualTo("unreadable");
              assertThat(file.detail()).contains("does not exist");
            });
  }

  @Test
  void asManyRejectedFilesAsAllowedAreNoErrorAndOneMoreIs() throws IOException {
    Pictures.write(dogs.resolve("beagle"), 1);
    Pictures.write(dogs.resolve("pug"), 2);
    Pictures.write(dogs.resolve("pug/9.jpg"), EMPTY);

    PreparedImages decoded = prepare(8);
    assertThatCode(() -> decoded.checkRejected(0.25)).doesNotThrowAnyException();
    assertThatThrownBy(() -> decoded.checkRejected(0.24))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot train: 1 of 4 files (25.0 %) are no images that can be decoded, more than"
                + " max-rejected allows (24.0 %): 1 empty; the first: "
                + dogs
                + "/pug/9.jpg (empty: 0 bytes); mend them or raise --max-rejected");
  }

  @Test
  void twentyNineRejectedFilesOfAHundredAreNotMoreThanTheirShare() throws IOException {
    Files.createDirectory(dogs.resolve("beagle"));
    Pictures.write(dogs.resolve("pug"), 71);
    for (int i = 0; i < 29; i++) {
      Pictures.write(dogs.resolve("beagle/" + i + ".jpg"), EMPTY);
    }

    PreparedImages decoded = prepare(8);
    // as doubles, 0.29 times 100 is less than 29
    assertThatCode(() -> decoded.checkRejected(0.29)).doesNotThrowAnyException();
    assertThatThrownBy(() -> decoded.checkRejected(0.28))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("29 of 100 files (29.0 %)")
        .hasMessageContaining("0.jpg (empty: 0 bytes), ")
        .hasMessageNotContaining("12.jpg"); // the fourth by name, after 0, 1, 10 and 11
  }

  @Test
  void everyImageHasThePixelsOfEverySize() throws IOException {
    Pictures.write(dogs.resolve("beagle/1.png"), 20, 10, 0xc86432);
    Pictures.write(dogs.resolve("pug/1.png"), 9, 30, 0x010203);

    PreparedImages prepared = prepare(8, 12);
    List<PreparedImage> large = prepared.images(prepared.accepted(), 12).collect();
    List<PreparedImage> small = prepared.images(prepared.accepted(), 8).collect();

    assertThat(large).hasSize(2);
    assertThat(small).extracting(image -> image.pixels().length).containsOnly(3 * 8 * 8);
    PreparedImage beagle = one(large, 0);
    assertThat(beagle.label()).isZero();
    assertThat(beagle.pixels()).hasSize(3 * 12 * 12);
    assertThat(beagle.pixels()[0]).isEqualTo((byte) 200); // red comes first
    assertThat(beagle.pixels()[3 * 12 * 12 - 1]).isEqualTo((byte) 50); // blue last
    assertThat(one(large, 1).label()).isOne();
  }

  @Test
  void theImagesAskedForComeWithTheirPositionsThere() throws IOException {
    Pictures.write(dogs.resolve("beagle"), 3);
    Pictures.write(dogs.resolve("pug"), 3);
    PreparedImages prepared = prepare(8);

    assertThat(prepared.images(prepared.accepted().subList(2, 5), 8).collect())
        .extracting(PreparedImage::id, PreparedImage::index, PreparedImage::label)
        .containsExactlyInAnyOrder(tuple(2, 0, 0), tuple(3, 1, 1), tuple(4, 2, 1));
  }

  @Test
  void theyCanBeSharedOutEvenly() throws IOException {
    Pictures.write(dogs.resolve("beagle"), 7);
    Pictures.write(dogs.resolve("pug"), 6);
    PreparedImages prepared = prepare(8);

    List<List<PreparedImage>> parts = prepared.shared(prepared.accepted(), 8, 3).glom().collect();

    assertThat(parts).extracting(List::size).containsExactlyInAnyOrder(5, 4, 4);
    assertThat(parts.stream().flatMap(List::stream))
        .extracting(PreparedImage::id)
        .hasSize(13)
        .doesNotHaveDuplicates();
  }

  @Test
  void copiesHaveTheSamePixelsAndAreAllThere() throws IOException {
    Pictures.write(dogs.resolve("beagle/1.png"), 8, 8, 0x102030);
    Pictures.write(dogs.resolve("pug/1.png"), 8, 8, 0x102030);
    Pictures.write(dogs.resolve("pug/2.png"), 8, 8, 0x405060);

    PreparedImages prepared = prepare(8);
    List<PreparedImage> images = prepared.images(prepared.accepted(), 8).collect();

    assertThat(prepared.decodedNow()).isEqualTo(2);
    assertThat(images).extracting(PreparedImage::id).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(one(images, 0).pixels()).isEqualTo(one(images, 1).pixels());
  }

  @Test
  void whatWasDecodedOnceIsNotDecodedAgain() throws IOException {
    Pictures.write(dogs.resolve("beagle"), 3);
    Pictures.write(dogs.resolve("pug"), 3);
    PreparedImages first = prepare(8);
    List<Path> files = cached();
    Files.move(dogs.resolve("beagle/0.png"), dogs.resolve("beagle/9.png")); // the same bytes

    PreparedImages second = prepare(8);

    assertThat(first.decodedNow()).isEqualTo(6);
    assertThat(second.decodedNow()).isZero();
    assertThat(second.decodedBefore()).isEqualTo(6);
    assertThat(cached()).isEqualTo(files);
    assertThat(second.images(second.accepted(), 8).collect()).hasSize(6);
  }

  @Test
  void aFileThatHasChangedIsDecodedAnew() throws IOException {
    Pictures.write(dogs.resolve("beagle/1.png"), 8, 8, 0x112233);
    Pictures.write(dogs.resolve("pug/1.png"), 8, 8, 0x445566);
    prepare(8);
    Pictures.write(dogs.resolve("pug/1.png"), 8, 8, 0xff0000);

    PreparedImages again = prepare(8);

    assertThat(again.decodedNow()).isOne();
    assertThat(one(again.images(again.accepted(), 8).collect(), 1).pixels()[0])
        .isEqualTo((byte) 255);
  }

  @Test
  void aSizeThatIsNotThereYetIsDecodedBesideTheOther() throws IOException {
    Pictures.write(dogs.resolve("beagle"), 2);
    Pictures.write(dogs.resolve("pug"), 2);
    prepare(8);

    PreparedImages both = prepare(8, 12);

    assertThat(both.decodedNow()).isEqualTo(4);
    assertThat(both.images(both.accepted(), 8).collect()).hasSize(4);
    assertThat(both.images(both.accepted(), 12).collect()).hasSize(4);
  }

  @Test
  void whatTheCacheHoldsCanBeReadAsATable() throws IOException {
    Pictures.write(dogs.resolve("beagle"), 2);
    Pictures.write(dogs.resolve("pug"), 2);
    prepare(8);

    assertThat(
            LocalSpark.session()
                .read()
                .parquet(cache().toString())
                .select("sha256", "size", "decoding")
                .distinct()
                .count())
        .isEqualTo(4);
  }

  @Test
  void anImageThatWasCutShortIsTakenWhereThatIsWantedAndSaid() throws IOException {
    Pictures.noise(dogs.resolve("beagle/1.jpg"), 64, 64);
    byte[] jpeg = Files.readAllBytes(dogs.resolve("beagle/1.jpg"));
    byte[] half = Arrays.copyOf(jpeg, jpeg.length / 2);
    Pictures.write(dogs.resolve("beagle/1.jpg"), half);
    Pictures.write(dogs.resolve("pug/1.png"), 8, 8, 0x445566);

    PreparedImages taken = prepare(list(), accepting("true"), 8);
    PreparedImages refused = prepare(list(), accepting("false"), 8); // though its pixels are there

    assertThat(taken.rejected()).isEmpty();
    assertThat(taken.truncated())
        .singleElement()
        .satisfies(
            file -> {
              assertThat(file.tableReason()).isEqualTo("truncated, taken");
              assertThat(file.detail()).contains("ends after " + half.length + " bytes");
            });
    assertThat(taken.images(taken.accepted(), 8).collect()).hasSize(2);
    assertThat(refused.accepted()).hasSize(1);
    assertThat(refused.rejected())
        .extracting(ImageFile::reason, ImageFile::detail)
        .containsExactly(tuple("truncated", taken.truncated().get(0).detail()));
  }

  @Test
  void everyFileOfTheListingIsTakenOrRejected() throws IOException {
    Pictures.write(dogs.resolve("beagle"), 5);
    Pictures.write(dogs.resolve("pug"), 4);
    Pictures.write(dogs.resolve("pug/8.jpg"), TEXT);
    Pictures.write(dogs.resolve("pug/9.jpg"), EMPTY);
    ImageSource.Listing listing = list();

    PreparedImages prepared = prepare(listing, 8);

    assertThat(
            Stream.concat(prepared.accepted().stream(), prepared.rejected().stream())
                .map(ImageFile::id)
                .sorted())
        .isEqualTo(IntStream.range(0, listing.count()).boxed().toList());
  }

  private static PreparedImage one(List<PreparedImage> images, int id) {
    return images.stream().filter(image -> image.id() == id).findFirst().orElseThrow();
  }

  private Path cache() {
    return dogs.resolveSibling(dogs.getFileName() + ".prepared");
  }

  private List<Path> cached() throws IOException {
    try (Stream<Path> files = Files.walk(cache())) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
  }

  private PreparedImages prepare(Integer... sizes) {
    return prepare(list(), sizes);
  }

  private PreparedImages prepare(ImageSource.Listing listing, Integer... sizes) {
    return prepare(listing, accepting("false"), sizes);
  }

  private PreparedImages prepare(
      ImageSource.Listing listing, ImageSettings settings, Integer... sizes) {
    return PreparedImages.prepare(
        LocalSpark.session(), listing, List.of(sizes), settings, cache().toString(), done -> {});
  }

  private ImageSettings accepting(String truncated) {
    return ImageSettingsOf.of("images", dogs, "accept-truncated", truncated);
  }

  private ImageSource.Listing list() {
    return list(dogs);
  }

  private ImageSource.Listing list(Path images) {
    return ImageSource.list(
        LocalSpark.session(), ImageSettingsOf.of("images", images), dogs + ".unpacked");
  }
}
