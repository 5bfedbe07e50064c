package dev.kennel.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kennel.averaging.LostStateException;
import dev.kennel.averaging.Replicated;
import dev.kennel.averaging.SavedState;
import dev.kennel.averaging.StateFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The checkpoints of one training of one network, a folder each. The executors write the averaged
 * state, a file a slice; then the driver writes {@code checkpoint.json} aside and renames it: a
 * folder that has it is whole. Its last line is the checksum (CRC-32C) of the line before.
 */
public final class Checkpoints {
  private static final String MANIFEST = "checkpoint.json";
  private static final String CHECKSUM = "crc32c ";
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(MapperFeature.AUTO_DETECT_IS_GETTERS).build();

  /** What {@code checkpoint.json} says. */
  private record Manifest(int format, Position position, SavedState state) {}

  /** A manifest, or what is wrong with it. */
  private record Found(Optional<Manifest> manifest, String damage) {
    static Found damaged(String damage) {
      return new Found(Optional.empty(), damage);
    }
  }

  /**
   * A sound checkpoint.
   *
   * @param folder that it is in
   */
  record Checkpoint(String folder, Position position, SavedState state) {}

  private final JavaSparkContext spark;
  private final FileSystem files;
  private final Path folder;
  private final int kept;
  private final Consumer<String> console;

  /**
   * The checkpoints in a folder, on any file system that Hadoop opens; it need not exist yet.
   *
   * @param kept how many are kept when a new one is whole
   * @param console is told, in whole sentences, what does not go as it should
   */
  public Checkpoints(JavaSparkContext spark, String folder, int kept, Consumer<String> console)
      throws IOException {
    this.spark = spark;
    this.folder = new Path(folder);
    this.files = StateFiles.fileSystem(this.folder, spark.hadoopConfiguration());
    this.kept = kept;
    this.console = console;
  }

  /**
   * Saves where a training is, and removes the oldest checkpoints. If that fails, as on a full
   * disk, the console is told and the training goes on: the earlier ones are still there.
   *
   * @param position asked for once the network is saved
   * @throws RuntimeException if executors, and the network with them, are lost; {@link
   *     LostStateException#in} tells
   */
  void save(Replicated network, Supplier<Position> position) {
    Path target = new Path(folder, String.format(Locale.ROOT, "round-%08d", network.version()));
    try {
      files.delete(target, true); // a damaged one that the training went back before
      if (!files.mkdirs(target)) {
        throw new IOException("its folder cannot be made");
      }
      SavedState state = StateFiles.save(spark, network, target.toString());
      write(new Manifest(FORMAT, position.get(), state), target);
      prune();
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      if (LostStateException.in(e).isPresent()) {
        throw e instanceof RuntimeException loss ? loss : new IllegalStateException(e);
      }
      console.accept(
          "Cannot write the checkpoint %s: %s; the training goes on, the earlier ones stay"
              .formatted(target, deepest(e)));
      discard(target);
    }
  }

  /** The newest that is sound. The console is told of every one that is passed over, and why. */
  Optional<Checkpoint> newest() throws IOException {
    for (Path checkpoint : newestFirst()) {
      Found found = find(checkpoint);
      String damage =
          found
              .manifest()
              .map(m -> StateFiles.damages(spark, checkpoint.toString(), m.state()))
              .map(damages -> String.join(", ", damages))
              .orElse(found.damage());
      if (damage.isEmpty()) {
        return found
            .manifest()
            .map(m -> new Checkpoint(checkpoint.toString(), m.position(), m.state()));
      }
      console.accept("Passing over the checkpoint %s: %s".formatted(checkpoint, damage));
    }
    return Optional.empty();
  }

  /** Removes them all: the training has ended. */
  public void remove() throws IOException {
    files.delete(folder, true);
  }

  private List<Path> newestFirst() throws IOException {
    try {
      return Arrays.stream(files.listStatus(folder))
          .filter(FileStatus::isDirectory)
          .map(FileStatus::getPath)
          .sorted(Comparator.comparing(Path::getName).reversed())
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  private boolean isWhole(Path checkpoint) throws IOException {
    return files.exists(new Path(checkpoint, MANIFEST));
  }

  private void write(Manifest manifest, Path target) throws IOException {
    String line = JSON.writeValueAsString(manifest) + "\n";
    Path unfinished = new Path(target, "_" + MANIFEST);
    try (OutputStream out = files.create(unfinished)) {
      out.write((line + CHECKSUM + checksum(line) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    if (!files.rename(unfinished, new Path(target, MANIFEST))) {
      throw new IOException("the rename of " + unfinished + " failed");
    }
  }

  private Found find(Path checkpoint) {
    String text;
    try (InputStream in = files.open(new Path(checkpoint, MANIFEST))) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      return Found.damaged("it is unfinished, without its " + MANIFEST);
    } catch (IOException e) {
      return Found.damaged(MANIFEST + " cannot be read: " + e.getMessage());
    }
    int end = text.indexOf('\n') + 1;
    String line = text.substring(0, end);
    if (!text.substring(end).equals(CHECKSUM + checksum(line) + "\n")) {
      return Found.damaged(MANIFEST + " has another checksum than when it was written");
    }
    try {
      Manifest manifest = JSON.readValue(line, Manifest.class);
      return manifest.format() == FORMAT
          ? new Found(Optional.of(manifest), "")
          : Found.damaged("it is of format " + manifest.format() + ", not " + FORMAT);
    } catch (JsonProcessingException e) {
      return Found.damaged(MANIFEST + " cannot be read: " + e.getOriginalMessage());
    }
  }

  private static String checksum(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, bytes.length);
    return String.format(Locale.ROOT, "%08x", checksum.getValue());
  }

  /** Removes what is older than those that are kept, and what never became whole. */
  private void prune() throws IOException {
    int whole = 0;
    for (Path checkpoint : newestFirst()) {
      boolean isKept = isWhole(checkpoint) && whole < kept;
      if (isKept) {
        whole++;
      } else {
        files.delete(checkpoint, true);
      }
    }
  }

  private void discard(Path unfinished) {
    try {
      files.delete(unfinished, true);
    } catch (IOException e) {
      console.accept("Cannot remove the unfinished checkpoint %s: %s".formatted(unfinished, e));
    }
  }

  private static String deepest(Throwable e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return String.valueOf(deepest.getMessage()).lines().findFirst().orElse("");
  }
}
