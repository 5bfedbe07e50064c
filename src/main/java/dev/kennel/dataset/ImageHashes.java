package dev.kennel.dataset;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file of the images that a run was begun with, a line each, hash and path as {@code sha256sum}
 * writes them: a run that is resumed finds what has changed since.
 */
public final class ImageHashes {
  private static final String BETWEEN = "  ";

  private ImageHashes() {}

  /** Writes the file, whole or not at all, unless it is there. */
  public static void write(Configuration hadoop, Path file, List<ImageFile> images)
      throws IOException {
    FileSystem files = file.getFileSystem(hadoop);
    if (files.exists(file)) {
      return;
    }
    Path staged = file.suffix(".part");
    try (BufferedWriter out =
        new BufferedWriter(
            new OutputStreamWriter(files.create(staged, true), StandardCharsets.UTF_8))) {
      for (ImageFile image : images) {
        out.write(image.sha256() + BETWEEN + image.path().replace("\n", "\\n"));
        out.newLine();
      }
    }
    if (!files.rename(staged, file)) {
      throw new IOException("Cannot rename " + staged + " to " + file);
    }
  }

  /**
   * What has changed since the file was written, a line an image, such as {@code dogs/pug/1.jpg has
   * changed}; nothing if there is no file.
   */
  public static List<String> changes(Configuration hadoop, Path file, List<ImageFile> images)
      throws IOException {
    FileSystem files = file.getFileSystem(hadoop);
    if (!files.exists(file)) {
      return List.of();
    }
    Map<String, String> now = new HashMap<>();
    images.forEach(image -> now.put(image.path().replace("\n", "\\n"), image.sha256()));
    List<String> changes = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(files.open(file), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        int end = line.indexOf(BETWEEN);
        String path = line.substring(end + BETWEEN.length());
        String sha256 = now.remove(path);
        if (sha256 == null) {
          changes.add(path + " is gone or cannot be read");
        } else if (!line.startsWith(sha256)) {
          changes.add(path + " has changed");
        }
      }
    }
    now.keySet().stream().sorted().forEach(path -> changes.add(path + " is new"));
    return changes;
  }
}
