package dev.kennel.averaging;

import java.io.Serializable;
import java.util.List;

/**
 * What a saved state consists of.
 *
 * @param version averagings before it
 * @param slices by index
 */
public record SavedState(long version, List<SavedSlice> slices) implements Serializable {
  /**
   * A slice in a file of its own.
   *
   * @param file its name in the folder
   * @param floats their number
   * @param crc32c checksum of the file's bytes (RFC 3720, appendix B.4)
   */
  public record SavedSlice(String file, int floats, long crc32c) implements Serializable {
    long bytes() {
      return (long) Float.BYTES * floats;
    }
  }
}
