package dev.kennel.dataset;

import dev.kennel.dataset.Decoder.Decoded;
import dev.kennel.dataset.PixelFile.Pixels;
import dev.kennel.image.DecodeOptions;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A task that reads each file of its part of a listing once, decodes those whose pixels are not in
 * the cache, and adds them to it, a file a size. Answers with what the driver is to know of each.
 */
record Preparation(
    List<Integer> sizes,
    DecodeOptions options,
    PixelCache cache,
    Broadcast<Known> known,
    Broadcast<SerializableConfiguration> hadoop,
    LongAccumulator done)
    implements FlatMapFunction<Iterator<Row>, ImageFile> {

  /**
   * The images whose pixels are in the cache, in every size.
   *
   * @param all their hashes
   * @param truncated how much there is of those that were cut short, by hash
   */
  record Known(Set<String> all, Map<String, String> truncated) implements Serializable {
    boolean contains(String sha256) {
      return all.contains(sha256);
    }
  }

  @Override
  public Iterator<ImageFile> call(Iterator<Row> rows) throws IOException {
    List<ImageFile> files = new ArrayList<>();
    try (Additions additions = new Additions(hadoop.value().value())) {
      while (rows.hasNext()) {
        files.add(additions.prepare(rows.next()));
      }
      additions.publish();
    }
    done.add(files.size());
    return files.iterator();
  }

  /** What a task adds to the cache. */
  private final class Additions implements Closeable {
    private final Configuration configuration;
    private final List<PixelFile.Writer> writers = new ArrayList<>(); // by size, or none yet
    private final Map<String, String> added = new HashMap<>(); // as of Known

    Additions(Configuration configuration) {
      this.configuration = configuration;
    }

    ImageFile prepare(Row row) throws IOException {
      Decoded decoded = Decoder.decode(row, sizes, options, this::known, configuration);
      ImageFile file = decoded.file();
      if (decoded.pixels().length > 0) {
        add(file, decoded.pixels());
      }
      return file;
    }

    /** Of an image whose pixels are there: how much there is of it, or nothing if it is whole. */
    private Optional<String> known(String sha256) {
      if (added.containsKey(sha256)) {
        return Optional.of(added.get(sha256));
      }
      return known.value().contains(sha256)
          ? Optional.of(known.value().truncated().getOrDefault(sha256, ""))
          : Optional.empty();
    }

    private void add(ImageFile file, byte[][] pixels) throws IOException {
      if (writers.isEmpty()) {
        for (int size : sizes) {
          writers.add(new PixelFile.Writer(cache.folder(size), configuration));
        }
      }
      for (int i = 0; i < pixels.length; i++) {
        Optional<String> truncated = Optional.of(file.detail()).filter(detail -> !detail.isEmpty());
        writers.get(i).add(new Pixels(file.sha256(), truncated, pixels[i]));
      }
      added.put(file.sha256(), file.detail());
    }

    void publish() throws IOException {
      for (PixelFile.Writer writer : writers) {
        writer.publish();
      }
    }

    @Override
    public void close() throws IOException {
      for (PixelFile.Writer writer : writers) {
        writer.close();
      }
    }
  }
}
