package dev.kennel.tracking;

import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;

/**
 * Files that TensorBoard reads, in a folder {@code <run>-<network>} for each network. An epoch is
 * one record, flushed; what goes on in another process, or after a failure, goes on in another file
 * of the folder, with the epochs that the earlier ones do not hold.
 */
final class TensorBoardFiles implements Sink {
  private final String folder;
  private final TrackedRun run;
  private final Configuration hadoop;
  private final Map<String, Log> logs = new HashMap<>();

  /**
   * Files of a run.
   *
   * @param folder where TensorBoard is pointed to, on any file system
   */
  TensorBoardFiles(String folder, TrackedRun run, Configuration hadoop) {
    this.folder = folder;
    this.run = run;
    this.hadoop = hadoop;
  }

  @Override
  public String place() {
    return "TensorBoard in " + folder;
  }

  @Override
  public void begin(String network) throws IOException {
    log(network);
  }

  @Override
  public void epoch(String network, TrackedEpoch epoch) throws IOException {
    Log log = log(network);
    if (log.epochs.contains(epoch.epoch())) {
      return;
    }
    log.write(Events.scalars(epoch));
    log.epochs.add(epoch.epoch());
  }

  @Override
  public void end(String network, boolean failed) throws IOException {
    Log log = logs.remove(network);
    if (log != null) {
      log.close();
    }
  }

  @Override
  public void close() throws IOException {
    for (String network : List.copyOf(logs.keySet())) {
      end(network, false);
    }
  }

  private Log log(String network) throws IOException {
    Log log = logs.get(network);
    if (log == null) {
      log = new Log(new Path(folder, run.id() + "-" + network));
      log.begin();
      logs.put(network, log);
    }
    return log;
  }

  /** One network's folder, and the file in it that is written. */
  private final class Log {
    private final Path path;
    private final FileSystem files;
    private final Set<Integer> epochs = new HashSet<>(); // that are there
    private Optional<FSDataOutputStream> out = Optional.empty();

    Log(Path path) throws IOException {
      FileSystem found = path.getFileSystem(hadoop);
      this.path = path;
      // Hadoop's checksums would hold back up to 512 bytes of what is flushed.
      this.files = found instanceof LocalFileSystem local ? local.getRawFileSystem() : found;
    }

    /** Reads what is there; a folder without anything gets the settings. */
    void begin() throws IOException {
      int events = 0;
      for (FileStatus file : list()) {
        events += read(file.getPath());
      }
      if (events == 0) {
        write(Events.settings(System.currentTimeMillis(), run.settings()));
      }
    }

    private List<FileStatus> list() throws IOException {
      try {
        return Arrays.asList(files.listStatus(path));
      } catch (FileNotFoundException e) {
        return new ArrayList<>();
      }
    }

    /** Notes the epochs of a file; how many events it holds beside its version. */
    private int read(Path file) throws IOException {
      int records = 0;
      try (DataInputStream in = files.open(file)) {
        for (var event = Records.read(in); event.isPresent(); event = Records.read(in)) {
          Events.epoch(event.get()).ifPresent(epochs::add);
          records++;
        }
      }
      return Math.max(0, records - 1);
    }

    /**
     * Appends a record; it can be read when this returns. After a failure the file may end in half
     * of it, and the next record goes into another one.
     */
    void write(byte[] event) throws IOException {
      try {
        append(event);
      } catch (IOException e) {
        try {
          close();
        } catch (IOException of) {
          e.addSuppressed(of);
        }
        throw e;
      }
    }

    private void append(byte[] event) throws IOException {
      if (out.isEmpty()) {
        out = Optional.of(files.create(newFile(), false));
        Records.write(out.get(), Events.version(System.currentTimeMillis()));
      }
      Records.write(out.get(), event);
      if (out.get().hasCapability(StreamCapabilities.HSYNC)) {
        out.get().hflush();
      } else {
        close(); // an object of S3 can be read when it is whole, so each epoch is one
      }
    }

    /** TensorBoard reads a folder's files in the order of their names, and takes later ones. */
    private Path newFile() throws IOException {
      long seconds = System.currentTimeMillis() / 1000;
      return new Path(
          path,
          String.format(
              Locale.ROOT, "events.out.tfevents.%010d.kennel.%06d", seconds, list().size()));
    }

    void close() throws IOException {
      if (out.isPresent()) {
        FSDataOutputStream closing = out.get();
        out = Optional.empty();
        closing.close();
      }
    }
  }
}
