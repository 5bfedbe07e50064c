package dev.kennel.dataset;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the driver knows of an image file once an executor has read it.
 *
 * @param id its position in the listing
 * @param path where it lies
 * @param label its class
 * @param split {@code train}, {@code validation}, {@code test}, or empty where the job splits
 * @param bytes its size
 * @param sha256 of its bytes, in hexadecimal; empty if it could not be read
 * @param reason why it is left out; empty if it is not
 * @param detail more about that, one line; of an image that is taken though it was cut short, how
 *     much of it was there
 */
public record ImageFile(
    int id,
    String path,
    int label,
    String split,
    long bytes,
    String sha256,
    String reason,
    String detail)
    implements Serializable {
  /** The reason in tables of an image that was cut short, and taken nevertheless. */
  private static final String TRUNCATED_TAKEN = "truncated, taken";

  /** The same file, left out for a reason. */
  ImageFile rejected(String why, String more) {
    return new ImageFile(id, path, label, split, bytes, sha256, why, more);
  }

  /** Counts by reason of files that are left out, such as {@code 1 empty, 3 truncated}. */
  public static String reasons(List<ImageFile> files) {
    Map<String, Long> counts =
        files.stream()
            .collect(
                Collectors.groupingBy(ImageFile::tableReason, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(count -> count.getValue() + " " + count.getKey())
        .collect(Collectors.joining(", "));
  }

  /** What tables say: why it is left out, or that it is taken though it was cut short. */
  public String tableReason() {
    return isTruncated() ? TRUNCATED_TAKEN : reason;
  }

  /** Whether it is taken though it was cut short. */
  public boolean isTruncated() {
    return reason.isEmpty() && !detail.isEmpty();
  }

  /** Whether it cannot be trained on. */
  public boolean isRejected() {
    return !reason.isEmpty();
  }
}
