package dev.kennel.model;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Files of one folder that are written aside, under hidden names, and appear when all of them are
 * whole: each by one rename, the last one last. What has not appeared is gone when this is closed.
 */
final class StagedFiles implements Closeable {
  private final FileSystem files;
  private final Map<Path, Path> aside = new LinkedHashMap<>(); // by the place a file is meant for

  StagedFiles(FileSystem files) {
    this.files = files;
  }

  /** Begins the file that will be at {@code target}, whose folder is made if there is none. */
  OutputStream create(Path target) throws IOException {
    Path path = hidden(target);
    aside.put(target, path);
    return new BufferedOutputStream(files.create(path, false), 1 << 16);
  }

  /**
   * Lets the files appear; either all or none.
   *
   * @param earlier files that they replace, which stay if the others cannot appear
   * @throws IOException if a file is there already, or cannot be renamed
   */
  void publish(List<Path> earlier) throws IOException {
    Map<Path, Path> replaced = new LinkedHashMap<>(); // by the place it was at
    List<Path> published = new ArrayList<>();
    try {
      for (Path path : earlier) {
        Path hidden = hidden(path);
        rename(path, hidden);
        replaced.put(path, hidden);
      }
      for (Map.Entry<Path, Path> file : aside.entrySet()) {
        rename(file.getValue(), file.getKey());
        published.add(file.getKey());
      }
    } catch (IOException e) {
      for (Path path : published) {
        files.delete(path, false);
      }
      for (Map.Entry<Path, Path> file : replaced.entrySet()) {
        rename(file.getValue(), file.getKey());
      }
      throw e;
    }
    aside.clear();
    for (Path path : replaced.values()) {
      files.delete(path, false);
    }
  }

  private void rename(Path from, Path to) throws IOException {
    if (files.exists(to)) { // not every file system's rename refuses
      throw new IOException(to.getName() + " exists already");
    }
    if (!files.rename(from, to)) {
      throw new IOException("the rename of %s to %s failed".formatted(from, to.getName()));
    }
  }

  private static Path hidden(Path path) {
    return new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID());
  }

  @Override
  public void close() throws IOException {
    for (Path path : aside.values()) {
      files.delete(path, false);
    }
  }
}
