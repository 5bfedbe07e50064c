package dev.kennel.training;

import dev.kennel.config.UserError;
import java.util.Locale;

/**
 * The memory that averaging a network takes, estimated before any of it is taken.
 *
 * <p>With P the bytes of the parameters: native memory holds for each worker at most its
 * parameters, momentum and, without oneDNN, the gradient of its largest layer, with as much again
 * to spare (4 P). In local mode that and the driver's own network (2 P) is all, and the heap holds
 * nothing of it. On a cluster an executor also holds the parameters and momentum of the round's
 * start (2 P native, 2 P of heap as they came) and, where the mean is taken, it and another state
 * (4 P native) and the mean as it is sent (4 P of heap); the driver's heap holds the start as it is
 * sent (2 P) and the mean as it comes (4 P).
 *
 * @param messageBytes what crosses the network in one message
 * @param executorHeapBytes on the heap of the executor that has most workers
 * @param executorBytes the same, with native memory
 * @param driverHeapBytes on the driver's heap
 */
public record MemoryNeed(
    long messageBytes, long executorHeapBytes, long executorBytes, long driverHeapBytes) {
  private static final long ROOM = 512L << 20; // Spark, activations and a batch's working memory

  static MemoryNeed of(long parameterBytes, Cluster cluster) {
    long replicas = ROOM + 4 * parameterBytes * cluster.workersPerExecutor();
    if (cluster.isLocal()) {
      return new MemoryNeed(0, ROOM, ROOM + replicas + 2 * parameterBytes, ROOM);
    }
    long heap = ROOM + 6 * parameterBytes;
    return new MemoryNeed(2 * parameterBytes, heap, heap + replicas + 6 * parameterBytes, heap);
  }

  /**
   * Checks that driver and executors have it.
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
    checkHeap(cannot, "the driver", need.driverHeapBytes, cluster.driverHeapBytes());
    if (!cluster.isLocal()) {
      checkHeap(cannot, "an executor", need.executorHeapBytes, cluster.heapBytes());
    }
    if (need.executorBytes > cluster.memoryBytes()) {
      throw new UserError(
          cannot
              + (cluster.isLocal() ? "it needs about " : "an executor needs about ")
              + gib(need.executorBytes)
              + " of memory, heap and native together, and may fill "
              + gib(cluster.memoryBytes())
              + "; use fewer --workers, a smaller --image-size, or machines with more memory"
              + (cluster.isLocal()
                  ? ""
                  : " (on YARN and Kubernetes, raise spark.executor.memoryOverhead)"));
    }
  }

  private static void checkHeap(String cannot, String who, long need, long has) {
    if (need > has) {
      throw new UserError(
          cannot
              + who
              + " needs about "
              + gib(need)
              + " of heap and has "
              + gib(has)
              + "; raise "
              + (who.contains("driver") ? "--driver-memory" : "--executor-memory")
              + ", or use a smaller --image-size");
    }
  }

  private static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1 << 30));
  }
}
