package dev.kennel.dataset;

import dev.kennel.dataset.PixelFile.Pixels;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/** Which images a task is to read out of a file of the cache: the work of one task. */
final class WantedPixels implements Serializable {
  private static final long serialVersionUID = 1;

  /** An image with these pixels; there may be several, where files are copies. */
  private record Wanted(int id, int index, int label) implements Serializable {}

  private final String file;
  private final Map<String, List<Wanted>> bySha256 = new HashMap<>();

  WantedPixels(String file) {
    this.file = file;
  }

  void add(ImageFile image, int index) {
    bySha256
        .computeIfAbsent(image.sha256(), sha256 -> new ArrayList<>(1))
        .add(new Wanted(image.id(), index, image.label()));
  }

  boolean isEmpty() {
    return bySha256.isEmpty();
  }

  /** Called in a task: the images, read as they are asked for. */
  Iterator<PreparedImage> read(Configuration hadoop) throws IOException {
    PixelFile.Reader reader = new PixelFile.Reader(new Path(file), hadoop, true);
    TaskCompletionListener closing = context -> close(reader);
    TaskContext.get().addTaskCompletionListener(closing);
    return new Images(reader);
  }

  private static void close(PixelFile.Reader reader) {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Images implements Iterator<PreparedImage> {
    private final PixelFile.Reader reader;
    private final List<PreparedImage> ready = new ArrayList<>();
    private int left = bySha256.values().stream().mapToInt(List::size).sum();

    Images(PixelFile.Reader reader) {
      this.reader = reader;
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public PreparedImage next() {
      if (left == 0) {
        throw new NoSuchElementException();
      }
      while (ready.isEmpty()) {
        Pixels pixels = row().orElseThrow(this::missing);
        for (Wanted image : bySha256.getOrDefault(pixels.sha256(), List.of())) {
          ready.add(new PreparedImage(image.id, image.index, image.label, pixels.pixels()));
        }
      }
      left--;
      return ready.remove(ready.size() - 1);
    }

    private Optional<Pixels> row() {
      try {
        return reader.next();
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read prepared images from " + file, e);
      }
    }

    private IllegalStateException missing() {
      return new IllegalStateException(
          "Cannot read prepared images from " + file + ": it lacks " + left + " that it had");
    }
  }
}
