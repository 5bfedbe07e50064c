package dev.kennel.dataset;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The sample images that come inside the program: 600 of Fashion-MNIST, ten classes of clothes. */
public final class SampleImages {
  private static final String RESOURCE = "/samples";

  private SampleImages() {}

  /**
   * Writes the samples, their licence and origin to {@code <output>/samples}, where executors can
   * read them; what is there already is left.
   *
   * @return the folder with one folder per class
   */
  public static String unpack(Configuration hadoop, String output) throws IOException {
    Path target = new Path(output, "samples");
    org.apache.hadoop.fs.FileSystem files = target.getFileSystem(hadoop);
    URI resource;
    try {
      resource = SampleImages.class.getResource(RESOURCE).toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("The class path has an address that is none", e);
    }
    if (resource.getScheme().equals("jar")) {
      try (FileSystem jar = FileSystems.newFileSystem(resource, Map.of())) {
        copy(jar.getPath(RESOURCE), files, target);
      }
    } else {
      copy(java.nio.file.Path.of(resource), files, target);
    }
    return new Path(target, "images").toString();
  }

  private static void copy(
      java.nio.file.Path source, org.apache.hadoop.fs.FileSystem files, Path target)
      throws IOException {
    boolean isLocal = files.getUri().getScheme().equals("file");
    List<java.nio.file.Path> found;
    try (Stream<java.nio.file.Path> walk = Files.walk(source)) {
      found = walk.filter(Files::isRegularFile).toList();
    }
    for (java.nio.file.Path file : found) {
      String name = source.relativize(file).toString();
      Path copy = new Path(target, name);
      if (isLocal) { // Hadoop's own way starts a program for every file, to set permissions
        java.nio.file.Path local = java.nio.file.Path.of(files.makeQualified(copy).toUri());
        if (!Files.exists(local)) { // whole or absent
          Files.createDirectories(local.getParent());
          java.nio.file.Path part = Files.createTempFile(local.getParent(), ".", ".part");
          Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING);
          Files.move(part, local, StandardCopyOption.ATOMIC_MOVE);
        }
      } else if (!files.exists(copy)) {
        try (OutputStream out = files.create(copy)) {
          Files.copy(file, out);
        }
      }
    }
  }
}
