package dev.kennel;

import dev.kennel.config.UserError;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * Ends the jobs of an application as soon as one of its executors has run out of memory. Spark
 * would try the tasks again, on a new executor that would run out in its turn.
 */
final class MemoryWatch extends SparkListener implements AutoCloseable {
  /** 3 is {@code -XX:+ExitOnOutOfMemoryError}'s, 52 Spark's; then Kubernetes' and YARN's words. */
  private static final Pattern OUT_OF_MEMORY =
      Pattern.compile(
          "exited with code (3|52)\\b|exit code:? (3|52)\\b|OOMKilled|beyond the '?\\w+'? memory"
              + "|exceeding (physical |virtual )?memory limits",
          Pattern.CASE_INSENSITIVE);

  /** A process that something else killed: the kernel, when memory runs out, or a person. */
  private static final Pattern KILLED =
      Pattern.compile("exited with code 137\\b|exit code:? 137\\b", Pattern.CASE_INSENSITIVE);

  /** How Spark says that it has tried often enough. */
  private static final Pattern TRIED_OFTEN =
      Pattern.compile("failed the maximum allowable number of times|ExecutorLostFailure");

  private final SparkContext spark;
  private final AtomicReference<UserError> found = new AtomicReference<>();
  private final AtomicInteger killed = new AtomicInteger(); // executors

  private MemoryWatch(SparkContext spark) {
    this.spark = spark;
  }

  /** Begins to watch; ends when closed. */
  static MemoryWatch on(SparkContext spark) {
    MemoryWatch watch = new MemoryWatch(spark);
    spark.addSparkListener(watch);
    return watch;
  }

  /** Whether that is why an executor went away. */
  static boolean isOutOfMemory(String reason) {
    return OUT_OF_MEMORY.matcher(reason).find();
  }

  /** Whether something else ended an executor, perhaps for want of memory. */
  static boolean isKilled(String reason) {
    return KILLED.matcher(reason).find();
  }

  /** Whether that is what a job ends with after executors were lost again and again. */
  static boolean hasTriedOften(String failure) {
    return TRIED_OFTEN.matcher(failure).find();
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    if (isKilled(event.reason())) {
      killed.incrementAndGet();
    }
    if (isOutOfMemory(event.reason())) {
      found.compareAndSet(
          null,
          new UserError(
              "Cannot go on: executor %s ran out of memory (%s); give executors more"
                      .formatted(event.executorId(), event.reason().lines().findFirst().orElse(""))
                  + " (--executor-memory), or use a smaller --batch-size or --image-size"));
      spark.cancelAllJobs();
    }
  }

  /**
   * Looks into a failure.
   *
   * @throws UserError if it came from a lack of memory, for certain or by all appearance
   */
  void check(Exception failure) {
    UserError reason = found.get();
    if (reason != null) {
      reason.addSuppressed(failure);
      throw reason;
    }
    if (killed.get() > 1 && hasTriedOften(String.valueOf(failure.getMessage()))) {
      throw new UserError(
          "Cannot go on: %d executors were killed (exit code 137), as the kernel does when memory runs"
                  .formatted(killed.get())
              + " out: what networks compute with is beside the heap; use a smaller --batch-size or"
              + " --image-size, fewer executors a machine, or machines with more memory",
          failure);
    }
  }

  @Override
  public void close() {
    spark.removeSparkListener(this);
  }
}
