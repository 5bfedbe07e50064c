package dev.kennel.dataset;

import java.io.Serializable;

/**
 * What the driver knows of an image file once an executor has read it.
 *
 * @param id its position in the listing
 * @param path where it lies
 * @param label its class
 * @param split {@code train}, {@code test}, or empty where the job splits
 * @param bytes its size
 * @param sha256 of its bytes, in hexadecimal; empty if it could not be read
 * @param reason why it is left out; empty if it is not
 * @param detail more about that, one line
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

  /** Whether it cannot be trained on. */
  public boolean isRejected() {
    return !reason.isEmpty();
  }
}
