package dev.kennel;

import dev.kennel.config.UserError;
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

  private final SparkContext spark;
  private final AtomicReference<UserError> found = new AtomicReference<>();

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

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
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
   * @throws UserError if it came from a lack of memory
   */
  void check(Exception failure) {
    UserError reason = found.get();
    if (reason != null) {
      reason.addSuppressed(failure);
      throw reason;
    }
  }

  @Override
  public void close() {
    spark.removeSparkListener(this);
  }
}
