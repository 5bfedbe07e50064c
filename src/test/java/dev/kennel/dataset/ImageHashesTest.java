package dev.kennel.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageHashesTest {
  private final Configuration hadoop = new Configuration();

  @TempDir private Path folder;

  @Test
  void imagesThatHaveChangedAreGoneOrNewAreNamed() throws IOException {
    write(image("a.png", "aa"), image("b.png", "bb"), image("two  words.png", "cc"));

    assertThat(changes(image("a.png", "aa"), image("b.png", "bb"), image("two  words.png", "cc")))
        .isEmpty();
    assertThat(changes(image("a.png", "ff"), image("d.png", "dd"), image("two  words.png", "cc")))
        .containsExactly("a.png has changed", "b.png is gone or cannot be read", "d.png is new");
  }

  @Test
  void whatIsThereIsNotWrittenAgain() throws IOException {
    write(image("a.png", "aa"));
    write(image("a.png", "bb"));

    assertThat(Files.readString(folder.resolve("images.sha256"))).isEqualTo("aa  a.png\n");
  }

  @Test
  void withoutAFileNothingHasChanged() throws IOException {
    assertThat(changes(image("a.png", "aa"))).isEmpty();
  }

  private void write(ImageFile... images) throws IOException {
    ImageHashes.write(hadoop, file(), List.of(images));
  }

  private List<String> changes(ImageFile... images) throws IOException {
    return ImageHashes.changes(hadoop, file(), List.of(images));
  }

  private org.apache.hadoop.fs.Path file() {
    return new org.apache.hadoop.fs.Path(folder.toString(), "images.sha256");
  }

  private static ImageFile image(String path, String sha256) {
    return new ImageFile(0, path, 0, "", 1, sha256, "", "");
  }
}
