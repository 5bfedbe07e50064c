package dev.kennel.dataset;

import dev.kennel.config.UserError;
import dev.kennel.image.DecodeOptions;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Images that are decoded and resized already, in a folder of Parquet files that runs share: {@code
 * <folder>/decoding=…/size=…/<name>.parquet}. An image is known by the hash of its file, so that
 * one that has changed is another one. Files are added whole and never changed; two that hold the
 * same image, because two tasks or runs decoded it at the same time, do no harm. The folder may be
 * deleted when no run uses it.
 *
 * @param folder a path or URL that all executors see
 * @param decoding names the way of decoding, of which pixels depend
 */
record PixelCache(String folder, String decoding) implements Serializable {
  PixelCache(String folder, DecodeOptions options) {
    this(folder, options.targetSize() == 0 ? "full" : "reduced-" + options.targetSize());
  }

  /**
   * What there is of one size.
   *
   * @param files the files, by name
   * @param fileOf the file that has an image's pixels, as its position in {@code files}
   * @param truncated for images that were cut short, how much of them was there
   */
  record Index(List<String> files, Map<String, Integer> fileOf, Map<String, String> truncated) {}

  /** The rows of one file, without pixels. */
  private record Content(List<String> sha256, Map<String, String> truncated)
      implements Serializable {}

  /** The folder of a size. */
  Path folder(int size) {
    return new Path(folder + "/decoding=" + decoding + "/size=" + size);
  }

  /**
   * Looks at what there is of a size.
   *
   * @throws UserError if the folder cannot be read
   */
  Index index(JavaSparkContext spark, Broadcast<SerializableConfiguration> hadoop, int size) {
    List<String> files = files(spark.hadoopConfiguration(), size);
    Map<String, Integer> fileOf = new HashMap<>();
    Map<String, String> truncated = new HashMap<>();
    if (files.isEmpty()) {
      return new Index(files, fileOf, truncated);
    }
    List<Content> contents =
        spark
            .parallelize(files, files.size())
            .map(file -> content(new Path(file), hadoop.value().value()))
            .collect();
    for (int file = 0; file < files.size(); file++) {
      for (String sha256 : contents.get(file).sha256) {
        fileOf.putIfAbsent(sha256, file);
      }
      truncated.putAll(contents.get(file).truncated);
    }
    return new Index(files, fileOf, truncated);
  }

  private List<String> files(Configuration hadoop, int size) {
    try {
      Path of = folder(size);
      return Arrays.stream(of.getFileSystem(hadoop).listStatus(of))
          .map(FileStatus::getPath)
          .filter(path -> !path.getName().startsWith("."))
          .map(Path::toString)
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw new UserError("Cannot read prepared images from " + folder + ": " + e.getMessage(), e);
    }
  }

  private static Content content(Path file, Configuration hadoop) throws IOException {
    List<String> sha256 = new ArrayList<>();
    Map<String, String> truncated = new HashMap<>();
    try (PixelFile.Reader reader = new PixelFile.Reader(file, hadoop, false)) {
      for (var row = reader.next(); row.isPresent(); row = reader.next()) {
        String key = row.get().sha256();
        sha256.add(key);
        row.get().truncated().ifPresent(detail -> truncated.put(key, detail));
      }
    }
    return new Content(sha256, truncated);
  }
}
