package dev.kennel.weights;

import java.nio.file.Path;

/** Told how a file is fetched; of one that is in the cache already, nothing. */
public interface FetchProgress {
  /** That a file in the cache is not what it should be, and is fetched anew. */
  void damaged(Path cached);

  /**
   * How far it is.
   *
   * @param bytes that have come
   * @param all of the file; −1: the server does not say
   */
  void fetched(long bytes, long all);
}
