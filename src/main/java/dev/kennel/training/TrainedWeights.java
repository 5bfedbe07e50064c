package dev.kennel.training;

import dev.kennel.averaging.StateFiles;
import dev.kennel.weights.WeightFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A file of parameters and running statistics, on a file system that driver and executors read.
 *
 * @param path as Hadoop opens it
 */
public record TrainedWeights(String path, SerializableConfiguration hadoop)
    implements Serializable {

  /** Does something with a file. */
  public interface Reader<F, T> {
    /** It is there, and open, as long as this runs. */
    T read(F file) throws IOException;
  }

  /**
   * Lets a reader read the file, a copy of it on this machine if it is elsewhere.
   *
   * @throws FileNotFoundException if there is none
   */
  public <T> T read(Reader<java.nio.file.Path, T> reader) throws IOException {
    Path file = new Path(path);
    FileSystem files = StateFiles.fileSystem(file, hadoop.value());
    if (files instanceof LocalFileSystem || files instanceof RawLocalFileSystem) {
      return reader.read(java.nio.file.Path.of(files.makeQualified(file).toUri().getPath()));
    }
    java.nio.file.Path copy = Files.createTempFile("kennel-weights", ".copy");
    try {
      try (InputStream in = files.open(file)) {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      }
      return reader.read(copy);
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  /** Lets a reader read the tensors. */
  public <T> T readTensors(Reader<WeightFile, T> reader) throws IOException {
    return read(
        local -> {
          try (WeightFile file = WeightFile.open(local)) {
            return reader.read(file);
          }
        });
  }
}
