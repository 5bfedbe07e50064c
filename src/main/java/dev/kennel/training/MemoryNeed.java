package dev.kennel.training;

import dev.kennel.config.UserError;
import java.util.Locale;

/**
 * The memory that averaging a network takes in the executor that has most workers, estimated before
 * any of it is taken.
 *
 * <p>With P the bytes of the parameters: native memory holds for each worker its parameters,
 * gradients and momentum and as much again while it updates (4 P), and the broadcast parameters and
 * momentum (2 P); the heap holds the broadcast's blocks (2 P) and, where the mean is taken and
 * where it arrives, three serialized copies of it (6 P). In local mode the driver's own parts are
 * in the same process: its network (2 P native) and the mean as it arrives (2 P native).
 *
 * @param messageBytes what a worker sends at the end of a round, in one message
 * @param heapBytes on the Java heap
 * @param nativeBytes beside it
 */
public record MemoryNeed(long messageBytes, long heapBytes, long nativeBytes) {
  private static final long ROOM = 512L << 20; // Spark, activations and a batch's working memory

  static MemoryNeed of(long parameterBytes, Cluster cluster) {
    long workers = cluster.workersPerExecutor();
    long local = cluster.isLocal() ? 1 : 0;
    return new MemoryNeed(
        2 * parameterBytes,
        ROOM + 8 * parameterBytes,
        ROOM + parameterBytes * (4 * workers + 2 + local * 4));
  }

  /**
   * Checks that the executors have it.
   *
   * @throws UserError if they have not; the message says what is needed, what is there, and the way
   *     out
   */
  public static void check(String network, int imageSize, long parameterBytes, Cluster cluster) {
    MemoryNeed need = of(parameterBytes, cluster);
    String cannot =
        String.format(
            Locale.ROOT,
            "Cannot train %s at %d px (%s of parameters) by averaging: ",
            network,
            imageSize,
            gib(parameterBytes));
    if (need.messageBytes > Integer.MAX_VALUE) {
      throw new UserError(
          cannot
              + "each worker sends parameters and momentum in one message of "
              + gib(need.messageBytes)
              + ", and Spark's messages hold at most "
              + gib(Integer.MAX_VALUE)
              + "; use a smaller --image-size");
    }
    if (need.heapBytes > cluster.heapBytes()) {
      throw new UserError(
          cannot
              + "an executor needs about "
              + gib(need.heapBytes)
              + " of heap and has "
              + gib(cluster.heapBytes())
              + "; raise "
              + (cluster.isLocal() ? "--driver-memory" : "--executor-memory")
              + ", or use fewer --workers or a smaller --image-size");
    }
    long total = need.nativeBytes + need.heapBytes;
    if (total > cluster.memoryBytes()) {
      throw new UserError(
          cannot
              + "an executor needs about "
              + gib(total)
              + " of memory, heap and native together, and may fill "
              + gib(cluster.memoryBytes())
              + "; use fewer --workers, a smaller --image-size, or machines with more memory"
              + " (on YARN and Kubernetes, raise spark.executor.memoryOverhead)");
    }
  }

  private static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1 << 30));
  }
}
