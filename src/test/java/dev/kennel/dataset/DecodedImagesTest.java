package dev.kennel.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.kennel.ImageSettingsOf;
import dev.kennel.LocalSpark;
import dev.kennel.config.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecodedImagesTest {
  private static final byte[] EMPTY = {};
  private static final byte[] TEXT = "not a dog".getBytes(StandardCharsets.UTF_8);

  @TempDir Path dogs;

  @Test
  void aLinkThatLeadsNowhereIsRejectedNotForgotten() throws IOException {
    Pictures.write(dogs.resolve("beagle/1.png"), 8, 6, 0xff0000);
    Pictures.write(dogs.resolve("pug/1.png"), 8, 6, 0x00ff00);
    Files.createSymbolicLink(dogs.resolve("pug/2.png"), dogs.resolve("absent.png"));

    try (DecodedImages decoded = decode(8)) {
      assertThat(decoded.rejected())
          .extracting(ImageFile::path, ImageFile::reason)
          .containsExactly(tuple(dogs + "/pug/2.png", "unreadable"));
    }
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

    try (DecodedImages decoded = decode(8)) {
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
  }

  @Test
  void aFileIsKnownByItsSizeAndTheHashOfItsBytes() throws Exception {
    Pictures.write(dogs.resolve("beagle"), 1);
    Pictures.write(dogs.resolve("pug"), 1);
    byte[] bytes = Files.readAllBytes(dogs.resolve("beagle/0.png"));
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);

    try (DecodedImages decoded = decode(8)) {
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

    try (DecodedImages files = decode(8);
        DecodedImages entries = decode(list(archive), 8)) {
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
  }

  @Test
  void aFileThatIsGoneSinceItWasListedIsRejected() throws IOException {
    Pictures.write(dogs.resolve("beagle"), 1);
    Pictures.write(dogs.resolve("pug"), 1);
    ImageFolder.Listing listing = list();
    Files.delete(dogs.resolve("pug/0.png"));

    try (DecodedImages decoded = decode(listing, 8)) {
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
  }

  @Test
  void asManyRejectedFilesAsAllowedAreNoErrorAndOneMoreIs() throws IOException {
    Pictures.write(dogs.resolve("beagle"), 1);
    Pictures.write(dogs.resolve("pug"), 2);
    Pictures.write(dogs.resolve("pug/9.jpg"), EMPTY);

    try (DecodedImages decoded = decode(8)) {
      assertThatCode(() -> decoded.checkRejected(0.25)).doesNotThrowAnyException();
      assertThatThrownBy(() -> decoded.checkRejected(0.24))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "Cannot train: 1 of 4 files (25.0 %) are no images that can be decoded, more than"
                  + " max-rejected allows (24.0 %): 1 empty; the first: "
                  + dogs
                  + "/pug/9.jpg (empty: 0 bytes); mend them or raise --max-rejected");
    }
  }

  @Test
  void twentyNineRejectedFilesOfAHundredAreNotMoreThanTheirShare() throws IOException {
    Files.createDirectory(dogs.resolve("beagle"));
    Pictures.write(dogs.resolve("pug"), 71);
    for (int i = 0; i < 29; i++) {
      Pictures.write(dogs.resolve("beagle/" + i + ".jpg"), EMPTY);
    }

    try (DecodedImages decoded = decode(8)) {
      // as doubles, 0.29 times 100 is less than 29
      assertThatCode(() -> decoded.checkRejected(0.29)).doesNotThrowAnyException();
      assertThatThrownBy(() -> decoded.checkRejected(0.28))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("29 of 100 files (29.0 %)")
          .hasMessageContaining("0.jpg (empty: 0 bytes), ")
          .hasMessageNotContaining("12.jpg"); // the fourth by name, after 0, 1, 10 and 11
    }
  }

  @Test
  void everyImageHasThePixelsOfEverySizeInTheOrderGiven() throws IOException {
    Pictures.write(dogs.resolve("beagle/1.png"), 20, 10, 0xc86432);
    Pictures.write(dogs.resolve("pug/1.png"), 9, 30, 0x010203);

    try (DecodedImages decoded = decode(8, 12)) {
      List<PreparedImage> images = shard(decoded, decoded.accepted());

      assertThat(images).hasSize(2);
      PreparedImage beagle = images.get(0);
      assertThat(beagle.path()).isEqualTo(dogs + "/beagle/1.png");
      assertThat(beagle.label()).isZero();
      assertThat(beagle.pixels()).hasNumberOfRows(2);
      assertThat(beagle.pixels()[0]).hasSize(3 * 8 * 8);
      assertThat(beagle.pixels()[1]).hasSize(3 * 12 * 12);
      assertThat(beagle.pixels()[1][0]).isEqualTo((byte) 200); // red comes first
      assertThat(beagle.pixels()[1][3 * 12 * 12 - 1]).isEqualTo((byte) 50); // blue last
      assertThat(images.get(1).pixels()[0]).hasSize(3 * 8 * 8);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 40})
  void shardsBringEveryImageOnceSortedByIdWhateverThePartitions(int partitions) throws IOException {
    Pictures.write(dogs.resolve("beagle"), 7);
    Pictures.write(dogs.resolve("pug"), 6);
    ImageFolder.Listing listing = list();
    ImageFolder.Listing apart =
        new ImageFolder.Listing(
            listing.images().repartition(partitions),
            listing.classes(),
            listing.count(),
            listing.ignored());

    try (DecodedImages decoded = decode(apart, 8)) {
      JavaRDD<Shard> shards = decoded.shards(decoded.accepted(), 3, 5);
      List<List<Integer>> ids = ids(shards);

      assertThat(shards.getNumPartitions()).isEqualTo(3);
      assertThat(ids).extracting(List::size).containsExactly(5, 4, 4);
      assertThat(ids).allSatisfy(shard -> assertThat(shard).isSorted());
      assertThat(ids.stream().flatMap(List::stream).sorted())
          .isEqualTo(IntStream.range(0, 13).boxed().toList());
      Map<Integer, Integer> dealt = Split.deal(decoded.accepted(), 3, 5);
      for (int shard = 0; shard < 3; shard++) {
        int of = shard;
        assertThat(ids.get(shard)).allSatisfy(id -> assertThat(dealt).containsEntry(id, of));
      }
    }
  }

  @Test
  void shardsHoldOnlyTheImagesAskedForAndStayWhenTheDecodedOnesAreGone() throws IOException {
    Pictures.write(dogs.resolve("beagle"), 3);
    Pictures.write(dogs.resolve("pug"), 3);
    JavaRDD<Shard> shards;
    try (DecodedImages decoded = decode(8)) {
      shards = decoded.shards(decoded.accepted().subList(1, 5), 2, 0);
    }
    Files.delete(dogs.resolve("beagle/1.png")); // so that decoding it again would fail

    assertThat(ids(shards).stream().flatMap(List::stream)).containsExactlyInAnyOrder(1, 2, 3, 4);
  }

  @Test
  void moreShardsThanImagesLeaveSomeEmpty() throws IOException {
    Pictures.write(dogs.resolve("beagle"), 1);
    Pictures.write(dogs.resolve("pug"), 1);

    try (DecodedImages decoded = decode(8)) {
      assertThat(ids(decoded.shards(decoded.accepted(), 3, 0)))
          .extracting(List::size)
          .containsExactly(1, 1, 0);
    }
  }

  private static List<PreparedImage> shard(DecodedImages decoded, List<ImageFile> files) {
    return decoded.shards(files, 1, 0).first().images();
  }

  private static List<List<Integer>> ids(JavaRDD<Shard> shards) {
    return shards
        .map(shard -> shard.images().stream().map(PreparedImage::id).collect(Collectors.toList()))
        .collect();
  }

  private DecodedImages decode(Integer... sizes) {
    return decode(list(), sizes);
  }

  private static DecodedImages decode(ImageFolder.Listing listing, Integer... sizes) {
    return DecodedImages.decode(LocalSpark.session(), listing, List.of(sizes));
  }

  private ImageFolder.Listing list() {
    return list(dogs);
  }

  private ImageFolder.Listing list(Path images) {
    return ImageFolder.list(
        LocalSpark.session(), ImageSettingsOf.of("images", images), dogs + ".unpacked");
  }
}
