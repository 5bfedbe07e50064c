package dev.kennel.dataset;

import dev.kennel.config.UserError;
import dev.kennel.image.DecodeOptions;
import dev.kennel.image.ImageDecoder;
import dev.kennel.image.RgbImage;
import dev.kennel.image.UnreadableImageException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** Reads a few images again by the paths that tables have of them, to look at them. */
public final class NamedImages {
  /** An object store answers after a tenth of a second, and pixels of many would fill the heap. */
  private static final int READ_AT_ONCE = 8;

  private final Configuration hadoop;
  private final Path staging;
  private final Map<String, Map<String, ArchiveEntry>> archives = new ConcurrentHashMap<>();

  /**
   * An image, or why there is none any more.
   *
   * @param made what was made of the image; empty if it cannot be read
   * @param problem why it cannot be read, in one line; empty if it can
   */
  public record Found<T>(Optional<T> made, String problem) {}

  private NamedImages(Configuration hadoop, Path staging) {
    this.hadoop = hadoop;
    this.staging = staging;
  }

  /**
   * Reads images, of those cut short what there is.
   *
   * @param staging where compressed archives were unpacked
   * @param size side, in pixels, of the largest square that is made of them
   * @param use makes of an image what is wanted of it; called by several threads
   * @return in the order of the paths
   */
  public static <T> List<Found<T>> read(
      Configuration hadoop,
      List<String> paths,
      String staging,
      int size,
      Function<RgbImage, T> use) {
    NamedImages images = new NamedImages(hadoop, new Path(staging));
    DecodeOptions options = new DecodeOptions(DecodeOptions.DEFAULT.maxPixels(), true, size);
    return Concurrently.map(paths, READ_AT_ONCE, path -> images.find(path, options, use));
  }

  private <T> Found<T> find(String path, DecodeOptions options, Function<RgbImage, T> use) {
    try {
      RgbImage image = ImageDecoder.decode(bytes(path), options).image();
      return new Found<>(Optional.of(use.apply(image)), "");
    } catch (FileNotFoundException e) {
      return new Found<>(Optional.empty(), "there is no such file any more");
    } catch (UnreadableImageException e) {
      return new Found<>(Optional.empty(), e.reason().text() + ": " + e.detail());
    } catch (IOException | RuntimeException e) { // one odd file must not end the report
      return new Found<>(Optional.empty(), Archive.why(e));
    }
  }

  private byte[] bytes(String path) throws IOException {
    int inArchive = path.indexOf("!/");
    if (inArchive > 0 && Archive.isArchive(path.substring(0, inArchive))) {
      return Archive.read(
          hadoop, entry(path.substring(0, inArchive), path.substring(inArchive + 2)));
    }
    Path file = new Path(path);
    try (FSDataInputStream in = file.getFileSystem(hadoop).open(file)) {
      return in.readNBytes((int) Decoder.MOST_BYTES);
    }
  }

  private ArchiveEntry entry(String archive, String name) {
    ArchiveEntry entry = archives.computeIfAbsent(archive, this::entries).get(name);
    if (entry == null) {
      throw new UserError("it is not in the archive any more");
    }
    return entry;
  }

  private Map<String, ArchiveEntry> entries(String archive) {
    return Archive.list(hadoop, new Path(archive), staging).stream()
        .collect(Collectors.toMap(ArchiveEntry::name, Function.identity()));
  }
}
