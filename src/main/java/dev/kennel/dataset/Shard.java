package dev.kennel.dataset;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/**
 * The images of one worker, in the listing's order, however they came there.
 *
 * @param images sorted by id
 */
public record Shard(List<PreparedImage> images) implements Serializable {
  static Shard of(Iterator<PreparedImage> images) {
    List<PreparedImage> sorted = new ArrayList<>();
    images.forEachRemaining(sorted::add);
    sorted.sort(Comparator.comparingInt(PreparedImage::id));
    return new Shard(sorted);
  }
}
