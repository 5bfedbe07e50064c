package dev.kennel.training;

import dev.kennel.config.UserError;
import java.util.Locale;

/**
 * The memory that averaging a network takes, estimated before any of it is taken.
 *
 * <p>With P the bytes of the parameters, native memory holds for each worker its parameters, their
 * state (P for momentum, 2 P for AdamW's two means, and P for a moving average of the parameters),
 * and room for gradients (P; with oneDNN most of that is to spare: only clipping keeps gradients,
 * and not those of fully connected layers). On a cluster the executors share the averaged
 * parameters and state (2 P to 4 P) among them. The driver holds nothing of it, nor does any heap.
 *
 * @param executorBytes of the executor that has most workers; of the driver in local mode
 */
public record MemoryNeed(long executorBytes) {
  private static final long ROOM = 1L << 30; // Spark, images, activations

  /**
   * Of a network with that many bytes of parameters.
   *
   * @param states numbers that are kept for each parameter from step to step
   */
  public static MemoryNeed of(long parameterBytes, int states, Cluster cluster) {
    long replicas = (2 + states) * parameterBytes * cluster.workersPerExecutor();
    long averages = cluster.isLocal() ? 0 : (1 + states) * parameterBytes / cluster.executors();
    return new MemoryNeed(ROOM + replicas + averages);
  }

  /**
   * Checks that the executors have it.
   *
   * @throws UserError if they have not; the message says what is needed, what is there, and the way
   *     out
   */
  public static void check(
      String network, int imageSize, long parameterBytes, int states, Cluster cluster) {
    long need = of(parameterBytes, states, cluster).executorBytes();
    if (need > cluster.memoryBytes()) {
      throw new UserError(
          String.format(
              Locale.ROOT,
              "Cannot train %s at %d px (%s of parameters): %s needs about %s of memory, heap and"
                  + " native together, and may fill %s; use fewer --workers, a smaller"
                  + " --image-size, or machines with more memory%s",
              network,
              imageSize,
              gib(parameterBytes),
              cluster.isLocal() ? "it" : "an executor",
              gib(need),
              gib(cluster.memoryBytes()),
              cluster.isLocal()
                  ? ""
                  : " (on YARN and Kubernetes, raise spark.executor.memoryOverhead)"));
    }
  }

  private static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1 << 30));
  }
}
