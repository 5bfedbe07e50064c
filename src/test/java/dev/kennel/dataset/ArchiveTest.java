package dev.kennel.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kennel.config.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTest {
  private static final Configuration HADOOP = new Configuration();
  private static final Map<String, String> DOGS =
      Map.of("pug/1.jpg", "a pug", "pug/2.jpg", "", "beagle/1.jpg", "b".repeat(2000));
  private static final String LONG = "n02085620-Chihuahua/" + "ä".repeat(150) + ".jpg";

  @TempDir Path folder;

  @Test
  void anArchiveIsKnownByItsName() {
    assertThat(List.of("a.tar", "hdfs://dogs/A.TAR.GZ", "b.tgz", "x/c.Zip"))
        .allMatch(Archive::isArchive);
    assertThat(List.of("tar", "a.gz", "a.zip/pug", "a.tar.bz2", "dogs"))
        .noneMatch(Archive::isArchive);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dogs.tar", "dogs.tar.gz", "dogs.TGZ", "dogs.zip"})
  void filesOfEveryFormatAreListedByNameAndReadOneByOne(String name) throws IOException {
    Path archive = pack(name, DOGS);

    List<ArchiveEntry> entries = list(archive);

    assertThat(entries)
        .extracting(ArchiveEntry::path)
        .containsExactly(
            archive + "!/beagle/1.jpg", archive + "!/pug/1.jpg", archive + "!/pug/2.jpg");
    assertThat(entries).extracting(ArchiveEntry::length).containsExactly(2000L, 5L, 0L);
    assertThat(entries).noneMatch(ArchiveEntry::isRejected);
    assertThat(contents(entries)).isEqualTo(new TreeMap<>(DOGS));
  }

  @Test
  void aTarIsListedWithoutItsContentsAndReadAtItsOffsets() throws IOException {
    List<ArchiveEntry> entries = list(pack("dogs.tar", Map.of("pug/1.jpg", "a pug")));

    // The folder's header and the file's are 512 bytes each.
    assertThat(entries)
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.offset()).isEqualTo(1024);
              assertThat(entry.stored()).isEqualTo(5);
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
  void longNamesInATarAreReadInTheFormsOfGnuAndPax(int form) throws IOException {
    Path archive = folder.resolve("dogs.tar");
    try (TarArchiveOutputStream tar = tar(archive)) {
      tar.setLongFileMode(form);
      tar.setAddPaxHeadersForNonAsciiNames(form == TarArchiveOutputStream.LONGFILE_POSIX);
      add(tar, "pug/1.jpg", "a pug");
      add(tar, LONG, "small");
      add(tar, "pug/2.jpg", "another");
    }

    assertThat(contents(list(archive)))
        .containsExactly(
            Map.entry(LONG, "small"),
            Map.entry("pug/1.jpg", "a pug"),
            Map.entry("pug/2.jpg", "another"));
  }

  @Test
  void stepsThatLeadNowhereAreLeftOutOfNames() throws IOException {
    Path archive = pack("dogs.tar", Map.of("./Images//pug/./1.jpg", "a pug"));

    assertThat(list(archive)).extracting(ArchiveEntry::name).containsExactly("Images/pug/1.jpg");
  }

  @Test
  void ofFilesWithOneNameTheLastCountsAsWhenUnpacked() throws IOException {
    Path archive = folder.resolve("dogs.tar");
    try (TarArchiveOutputStream tar = tar(archive)) {
      add(tar, "pug/1.jpg", "old");
      add(tar, "./pug/1.jpg", "new");
    }

    assertThat(contents(list(archive))).containsExactly(Map.entry("pug/1.jpg", "new"));
  }

  @ParameterizedTest
  @EnumSource(Zip64Mode.class)
  void zipsOfEverySizeOfHeadersAreRead(Zip64Mode mode) throws IOException {
    Path archive = folder.resolve("dogs.zip");
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(archive)) {
      zip.setUseZip64(mode);
      add(zip, "pug/1.jpg", "a pug");
      add(zip, LONG, "l".repeat(1000));
    }

    assertThat(contents(list(archive)))
        .containsExactly(Map.entry(LONG, "l".repeat(1000)), Map.entry("pug/1.jpg", "a pug"));
  }

  @Test
  void filesOfAZipAreStoredOrDeflated() throws IOException {
    Path archive = folder.resolve("dogs.zip");
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(archive)) {
      add(zip, "deflated.jpg", "z".repeat(1000));
      zip.setMethod(ZipEntry.STORED);
      add(zip, "stored.jpg", "z".repeat(1000));
    }

    List<ArchiveEntry> entries = list(archive);

    assertThat(entries).extracting(ArchiveEntry::deflated).containsExactly(true, false);
    assertThat(entries.get(0).stored()).isLessThan(100);
    assertThat(entries.get(1).stored()).isEqualTo(1000);
    assertThat(contents(entries).values()).containsOnly("z".repeat(1000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../1.jpg",
        "pug/../../1.jpg",
        "pug/..",
        "/etc/passwd",
        "C:/1.jpg",
        "a\\..\\..\\1"
      })
  void aPathThatLeavesTheArchiveIsRejected(String name) throws IOException {
    Path tar = folder.resolve("dogs.tar");
    try (TarArchiveOutputStream out = tar(tar)) {
      TarArchiveEntry entry = new TarArchiveEntry(name, true);
      entry.setName(name);
      entry.setSize(1);
      out.putArchiveEntry(entry);
      out.write('x');
      out.closeArchiveEntry();
    }
    Path zip = folder.resolve("dogs.zip");
    try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(zip)) {
      add(out, name, "x");
    }

    for (Path archive : List.of(tar, zip)) {
      assertThat(list(archive))
          .singleElement()
          .satisfies(
              entry -> {
                assertThat(entry.reason()).as(entry.name()).isEqualTo("unsafe path");
                assertThatThrownBy(() -> Archive.read(HADOOP, entry))
                    .hasMessageStartingWith("Cannot read " + archive + "!/")
                    .hasMessageEndingWith(": unsafe path (it leads out of the archive)");
              });
    }
  }

  @Test
  void dotsInNamesLeadNowhere() throws IOException {
    Path archive = pack("dogs.tar", Map.of("pug/..1.jpg", "1", "pug/1..jpg", "2", "..pug/a", "3"));

    assertThat(list(archive)).hasSize(3).noneMatch(ArchiveEntry::isRejected);
  }

  @Test
  void linksDevicesAndFoldersAreNoFiles() throws IOException {
    Path tar = folder.resolve("dogs.tar");
    try (TarArchiveOutputStream out = tar(tar)) {
      TarArchiveEntry link = new TarArchiveEntry("a", TarConstants.LF_SYMLINK);
      link.setLinkName("/etc/passwd");
      TarArchiveEntry hard = new TarArchiveEntry("b", TarConstants.LF_LINK);
      hard.setLinkName("a");
      TarArchiveEntry pipe = new TarArchiveEntry("c", TarConstants.LF_FIFO);
      for (TarArchiveEntry entry : List.of(link, hard, pipe, new TarArchiveEntry("d/"))) {
        out.putArchiveEntry(entry);
        out.closeArchiveEntry();
      }
    }
    Path zip = folder.resolve("dogs.zip");
    try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(zip)) {
      ZipArchiveEntry link = new ZipArchiveEntry("a");
      link.setUnixMode(0120777);
      out.putArchiveEntry(link);
      out.write("/etc/passwd".getBytes(UTF_8));
      out.closeArchiveEntry();
      out.putArchiveEntry(new ZipArchiveEntry("d/"));
      out.closeArchiveEntry();
    }

    assertThat(list(tar))
        .extracting(entry -> entry.name() + ": " + entry.reason() + " " + entry.detail())
        .containsExactly(
            "a: link to /etc/passwd", "b: link to a", "c: not a file a device or a pipe");
    assertThat(list(zip)).extracting(ArchiveEntry::reason).containsExactly("link");
  }

  @Test
  void aTarThatWasCutShortIsAnErrorWhereverItWasCut() throws IOException {
    Path whole = pack("dogs.tar", Map.of("a/1.jpg", "x".repeat(700), "b/1.jpg", "y"));
    byte[] bytes = Files.readAllBytes(whole);
    // Folder a, file a/1.jpg and its 2 records, folder b, file b/1.jpg and its record.
    int end = 512 * (2 + 2 + 2 + 1);
    assertThat(list(whole)).hasSize(2);

    for (int length : new int[] {0, 1, 512, 700, 1024, 1500, 1800, 2048, 3000, 3072, 3073, end}) {
      Path cut = folder.resolve("cut.tar");
      Files.write(cut, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> list(cut))
          .as(length + " bytes")
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("Cannot read images from " + cut + ": ")
          .hasMessageEndingWith("fetch it again");
    }
  }

  @Test
  void aDamagedHeaderOfATarIsAnError() throws IOException {
    Path archive = pack("dogs.tar", DOGS);
    byte[] bytes = Files.readAllBytes(archive);
    bytes[0] ^= 1;
    Files.write(archive, bytes);

    assertThatThrownBy(() -> list(archive))
        .isInstanceOf(UserError.class)
        .hasMessageEndingWith("the header before byte 512 has a wrong checksum");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dogs.tar", "dogs.tgz", "dogs.zip"})
  void aPageThatSaysNotFoundIsNoArchive(String name) throws IOException {
    Path archive = folder.resolve(name);
    Files.writeString(archive, "<html>" + "404 Not Found ".repeat(1000) + "</html>");

    assertThatThrownBy(() -> list(archive))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot read images from " + archive + ": ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dogs.tgz", "dogs.zip"})
  void aCompressedArchiveThatWasCutShortIsAnError(String name) throws IOException {
    Path archive = pack(name, DOGS);
    byte[] bytes = Files.readAllBytes(archive);
    Files.write(archive, Arrays.copyOf(bytes, bytes.length - 30));

    assertThatThrownBy(() -> list(archive))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot read images from " + archive + ": ")
        .hasMessageContaining(
            name.endsWith(".zip")
                ? "Archive is not a ZIP archive; was it cut short?"
                : "it cannot be unpacked to " + folder.resolve("staging") + ": it ends too early");
    assertThat(staged()).isEmpty();
  }

  @Test
  void aMissingArchiveAndAFolderAreErrors() throws IOException {
    Path none = folder.resolve("none.tar");
    assertThatThrownBy(() -> list(none))
        .hasMessage("Cannot read images from " + none + ": there is no such file");
    Path directory = Files.createDirectory(folder.resolve("folder.zip"));
    assertThatThrownBy(() -> list(directory))
        .hasMessage(
            "Cannot read images from "
                + directory
                + ": it is a folder, though it is named as an archive");
  }

  @Test
  void aCompressedTarIsUnpackedOnceAndAgainWhenItChanges() throws IOException {
    Path archive = pack("dogs.tgz", DOGS);
    list(archive);
    List<Path> first = staged();
    assertThat(first).hasSize(1);
    FileTime made = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(first.get(0), made);

    assertThat(contents(list(archive))).isEqualTo(new TreeMap<>(DOGS));
    assertThat(staged()).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(first.get(0))).isEqualTo(made);

    Files.setLastModifiedTime(archive, FileTime.fromMillis(2_000_000));
    assertThat(list(archive)).hasSize(3);
    assertThat(staged()).hasSize(2).containsAll(first);
  }

  @Test
  void aCompressedTarOfSeveralStreamsIsReadToItsEnd() throws IOException {
    byte[] tar = Files.readAllBytes(pack("dogs.tar", DOGS));
    ByteArrayOutputStream streams = new ByteArrayOutputStream();
    for (byte[] part :
        List.of(Arrays.copyOf(tar, 1000), Arrays.copyOfRange(tar, 1000, tar.length))) {
      try (OutputStream gzip = new GZIPOutputStream(streams)) {
        gzip.write(part);
      }
    }
    Path archive = Files.write(folder.resolve("dogs.tar.gz"), streams.toByteArray());

    assertThat(contents(list(archive))).isEqualTo(new TreeMap<>(DOGS));
  }

  @Test
  void aCompressedTarThatGrowsBeyondMeasureIsNotUnpacked() throws IOException {
    Path archive = pack("dogs.tgz", Map.of("zeros", "0".repeat(100_000)));
    org.apache.hadoop.fs.Path path = hadoop(archive);

    assertThatThrownBy(
            () ->
                UnpackedTar.of(
                    HADOOP,
                    path.getFileSystem(HADOOP).getFileStatus(path),
                    hadoop(folder.resolve("staging")),
                    50_000))
        .hasMessageContaining(" bytes became more than 50000");
    assertThat(staged()).isEmpty();
  }

  @Test
  void aFileOfMoreThan256MiBIsRejectedBeforeItTakesMemory() throws IOException {
    Path tar = folder.resolve("dogs.tar");
    long length = (256L << 20) + 1;
    try (TarArchiveOutputStream out = tar(tar)) {
      TarArchiveEntry entry = new TarArchiveEntry("huge.jpg");
      entry.setSize(length);
      out.putArchiveEntry(entry);
      byte[] megabyte = new byte[1 << 20];
      for (int i = 0; i < 256; i++) {
        out.write(megabyte);
      }
      out.write(0);
      out.closeArchiveEntry();
      add(out, "pug/1.jpg", "a pug");
    }

    List<ArchiveEntry> entries = list(tar);

    assertThat(entries.get(0).reason()).isEqualTo("too large");
    assertThat(entries.get(0).detail()).isEqualTo("files of more than 256 MiB are not read");
    assertThat(new String(Archive.read(HADOOP, entries.get(1)), UTF_8)).isEqualTo("a pug");
  }

  @ParameterizedTest
  @ValueSource(ints = {999_999, 1_000_001})
  void aZipThatLiesAboutASizeIsAnErrorOfThatFile(int claimed) throws IOException {
    Path archive = pack("dogs.zip", Map.of("pug/1.jpg", "0".repeat(1_000_000)));
    editDirectory(archive, 24, claimed); // the uncompressed size

    ArchiveEntry entry = list(archive).get(0);

    assertThat(entry.length()).isEqualTo(claimed);
    assertThatThrownBy(() -> Archive.read(HADOOP, entry))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Cannot read "
                + archive
                + "!/pug/1.jpg: "
                + (claimed < 1_000_000
                    ? "it has more than the 999999 bytes it should have"
                    : "it ends after 1000000 of 1000001 bytes"));
  }

  @Test
  void aZipWhoseFilesOverlapItsDirectoryIsAnError() throws IOException {
    Path archive = pack("dogs.zip", Map.of("pug/1.jpg", "a pug"));
    editDirectory(archive, 20, 1_000_000); // the compressed size

    assertThatThrownBy(() -> list(archive))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("data for pug/1.jpg overlaps with central directory");
  }

  @Test
  void aDamagedFileOfAZipIsFoundByItsChecksum() throws IOException {
    Path archive = folder.resolve("dogs.zip");
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(archive)) {
      zip.setMethod(ZipEntry.STORED);
      add(zip, "pug/1.jpg", "a pug");
    }
    ArchiveEntry entry = list(archive).get(0);
    byte[] bytes = Files.readAllBytes(archive);
    bytes[(int) entry.offset()] ^= 1;
    Files.write(archive, bytes);

    assertThatThrownBy(() -> Archive.read(HADOOP, entry))
        .hasMessage("Cannot read " + archive + "!/pug/1.jpg: its checksum is wrong");
  }

  @Test
  void aZipOfAnotherCompressionOrEncryptedIsRejected() throws IOException {
    Path archive = pack("dogs.zip", Map.of("pug/1.jpg", "a pug"));
    editDirectory(archive, 10, (short) 12); // the method: bzip2
    assertThat(list(archive).get(0).detail()).isEqualTo("compression method 12 of zip");

    editDirectory(archive, 8, (short) 1); // the flags
    assertThat(list(archive).get(0).detail()).isEqualTo("encrypted");
  }

  @Test
  void aFileThatWasCutAfterTheListingIsAnError() throws IOException {
    Path archive = pack("dogs.tar", Map.of("pug/1.jpg", "a pug"));
    ArchiveEntry entry = list(archive).get(0);
    Files.write(archive, Arrays.copyOf(Files.readAllBytes(archive), 1026));

    assertThatThrownBy(() -> Archive.read(HADOOP, entry))
        .hasMessage("Cannot read " + archive + "!/pug/1.jpg: it ends after 2 of 5 bytes");
  }

  /** Overwrites a field of the first record in the directory at the end of a zip. */
  private static void editDirectory(Path archive, int field, Number value) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(archive)).order(ByteOrder.LITTLE_ENDIAN);
    int end = bytes.capacity() - 22; // the last record, without a comment
    int directory = bytes.getInt(end + 16);
    if (value instanceof Short) {
      bytes.putShort(directory + field, value.shortValue());
    } else {
      bytes.putInt(directory + field, value.intValue());
    }
    Files.write(archive, bytes.array());
  }

  private List<ArchiveEntry> list(Path archive) {
    return Archive.list(HADOOP, hadoop(archive), hadoop(folder.resolve("staging")));
  }

  private List<Path> staged() throws IOException {
    Path staging = folder.resolve("staging");
    if (!Files.exists(staging)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(staging)) { // with Hadoop's checksums beside the files
      return files.filter(file -> !file.toString().endsWith(".crc")).sorted().toList();
    }
  }

  private static Map<String, String> contents(List<ArchiveEntry> entries) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    for (ArchiveEntry entry : entries) {
      contents.put(entry.name(), new String(Archive.read(HADOOP, entry), UTF_8));
    }
    return contents;
  }

  /** Packs files, each after its folder, in the order of their names. */
  private Path pack(String name, Map<String, String> files) throws IOException {
    Path archive = folder.resolve(name);
    Map<String, String> sorted = new TreeMap<>(files);
    if (name.endsWith(".zip")) {
      try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(archive)) {
        for (Map.Entry<String, String> file : sorted.entrySet()) {
          add(zip, file.getKey(), file.getValue());
        }
      }
      return archive;
    }
    try (OutputStream out = Files.newOutputStream(archive);
        OutputStream packed = name.endsWith(".tar") ? out : new GZIPOutputStream(out);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(packed, UTF_8.name())) {
      for (Map.Entry<String, String> file : sorted.entrySet()) {
        int slash = file.getKey().lastIndexOf('/');
        if (slash > 0) {
          tar.putArchiveEntry(new TarArchiveEntry(file.getKey().substring(0, slash + 1)));
          tar.closeArchiveEntry();
        }
        add(tar, file.getKey(), file.getValue());
      }
    }
    return archive;
  }

  private static TarArchiveOutputStream tar(Path archive) throws IOException {
    return new TarArchiveOutputStream(Files.newOutputStream(archive), UTF_8.name());
  }

  private static void add(TarArchiveOutputStream tar, String name, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static void add(ZipArchiveOutputStream zip, String name, String text) throws IOException {
    zip.putArchiveEntry(new ZipArchiveEntry(name));
    zip.write(text.getBytes(UTF_8));
    zip.closeArchiveEntry();
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toString());
  }
}
