package dev.kennel.training;

import com.sun.management.OperatingSystemMXBean;
import dev.kennel.config.Settings;
import dev.kennel.config.UserError;
import dev.kennel.onednn.Precision;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.status.api.v1.ExecutorSummary;
import scala.collection.JavaConverters;

/**
 * What the executors offer, and how it is shared among workers.
 *
 * @param executors their number; 1 in local mode, the driver itself
 * @param workers training tasks at a time
 * @param threads threads of one worker's arithmetic
 * @param memoryBytes memory that the executor with least may fill, heap and native together
 * @param isLocal whether driver and executor are one process
 */
public record Cluster(int executors, int workers, int threads, long memoryBytes, boolean isLocal) {
  private static final int LOCAL_WORKERS = 2;
  private static final long WAIT_MILLIS = 60_000;
  private static final long STABLE_MILLIS = 2_000;

  /** What one executor says of itself. */
  private record Memory(String executor, String host, long heap, long physical)
      implements Serializable {}

  /**
   * Waits for the executors and looks at them.
   *
   * @param workers their number; empty: as the settings say
   * @throws UserError if none comes within a minute, or a processor has no instructions for the
   *     precision that is asked for
   */
  public static Cluster of(JavaSparkContext spark, Settings settings, OptionalInt workers) {
    boolean isLocal = spark.isLocal();
    List<ExecutorSummary> summaries = awaitExecutors(spark, isLocal);
    int executors = summaries.size();
    int cores = summaries.stream().mapToInt(ExecutorSummary::totalCores).min().orElse(1);
    int automatic = settings.workers().orElse(isLocal ? LOCAL_WORKERS : executors);
    int all = workers.orElse(automatic);
    int workersPerExecutor = (all + executors - 1) / executors;
    int threads = settings.threads().orElse(Math.max(1, cores / workersPerExecutor));
    checkPrecision(spark, executors, Precision.of(settings.precision()));
    List<Memory> memory = askMemory(spark, executors);
    long bytes = memory.stream().mapToLong(m -> share(spark, m, memory)).min().orElseThrow();
    return new Cluster(executors, all, threads, bytes, isLocal);
  }

  /** Workers of the executor that has most. */
  public int workersPerExecutor() {
    return (workers + executors - 1) / executors;
  }

  private static List<ExecutorSummary> awaitExecutors(JavaSparkContext spark, boolean isLocal) {
    long begin = System.currentTimeMillis();
    long changed = begin;
    int seen = 0;
    while (true) {
      List<ExecutorSummary> active =
          JavaConverters.seqAsJavaList(spark.sc().statusStore().executorList(true)).stream()
              .filter(executor -> isLocal || !executor.id().equals("driver"))
              .toList();
      long now = System.currentTimeMillis();
      if (active.size() != seen) {
        seen = active.size();
        changed = now;
      }
      if (isLocal || (seen > 0 && (seen >= expected(spark) || now - changed > STABLE_MILLIS))) {
        return active;
      }
      if (now - begin > WAIT_MILLIS) {
        throw new UserError(
            "Cannot start training on "
                + spark.master()
                + ": no executor came within a minute; look at the cluster's free cores and memory");
      }
      pause();
    }
  }

  /** How many executors the settings of Spark ask for; as many as come, where they do not say. */
  private static int expected(JavaSparkContext spark) {
    String master = spark.master();
    if (master.startsWith("local-cluster[")) {
      return Integer.parseInt(master.replaceAll("^local-cluster\\[\\s*(\\d+).*", "$1"));
    }
    return spark.getConf().getInt("spark.executor.instances", Integer.MAX_VALUE);
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for executors", e);
    }
  }

  private static List<Memory> askMemory(JavaSparkContext spark, int executors) {
    return ask(spark, executors).map(i -> memory()).distinct().collect();
  }

  private static void checkPrecision(JavaSparkContext spark, int executors, Precision precision) {
    if (precision == Precision.F32) {
      return;
    }
    List<String> without =
        ask(spark, executors)
            .filter(i -> !precision.isNative())
            .map(i -> host())
            .distinct()
            .collect();
    if (!without.isEmpty()) {
      throw new UserError(
          "Cannot compute in "
              + precision.title()
              + ": the processor of "
              + String.join(", ", without)
              + " has no instructions for it (avx512_bf16); use --precision f32");
    }
  }

  /** Enough tasks that every executor answers one, most likely. */
  private static JavaRDD<Integer> ask(JavaSparkContext spark, int executors) {
    int tasks = 4 * Math.max(executors, spark.defaultParallelism());
    return spark.parallelize(IntStream.range(0, tasks).boxed().toList(), tasks);
  }

  private static String host() {
    return SparkEnv.get().blockManager().blockManagerId().host();
  }

  private static Memory memory() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new Memory(
        SparkEnv.get().executorId(),
        host(),
        Runtime.getRuntime().maxMemory(),
        system.getTotalMemorySize()); // of the container, where there is one
  }

  /** What an executor may fill: its container, or its part of the host. */
  private static long share(JavaSparkContext spark, Memory executor, List<Memory> all) {
    String master = spark.master();
    if (master.startsWith("yarn") || master.startsWith("k8s")) {
      double factor = spark.getConf().getDouble("spark.executor.memoryOverheadFactor", 0.1);
      long least = Math.max(384L << 20, (long) (factor * executor.heap()));
      long overhead = spark.getConf().getSizeAsBytes("spark.executor.memoryOverhead", least + "b");
      long offHeap = spark.getConf().getSizeAsBytes("spark.memory.offHeap.size", "0b");
      return Math.min(executor.physical(), executor.heap() + overhead + offHeap);
    }
    long neighbours =
        all.stream()
            .filter(other -> other.host().equals(executor.host()))
            .map(Memory::executor)
            .distinct()
            .count();
    return executor.physical() / neighbours;
  }
}
