package dev.kennel.dataset;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import org.apache.spark.util.LongAccumulator;

/** Waits for a Spark job that reads images, and tells how far it is. */
public final class WatchedJob {
  private static final int POLL_MILLIS = 200;

  private WatchedJob() {}

  /**
   * What the job answers.
   *
   * @param done counts the images that have been read
   * @param progress told now and then how many these are
   */
  public static <T> T await(Future<T> job, LongAccumulator done, IntConsumer progress) {
    try {
      while (true) {
        try {
          T answer = job.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
          progress.accept(done.value().intValue());
          return answer;
        } catch (TimeoutException e) { // not ready
          progress.accept(done.value().intValue());
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "Cannot read the images: " + e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      job.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while images were read", e);
    }
  }
}
