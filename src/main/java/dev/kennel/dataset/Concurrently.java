package dev.kennel.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Does the same to many things at once, for work that waits more than it computes. */
final class Concurrently {
  private Concurrently() {}

  /**
   * The results in the order of the things.
   *
   * @param most things in work at a time
   * @throws RuntimeException what the first thing in that order threw that failed
   */
  static <T, R> List<R> map(List<T> things, int most, Function<T, R> work) {
    ExecutorService threads =
        Executors.newFixedThreadPool(Math.max(1, Math.min(most, things.size())));
    try {
      List<Future<R>> futures =
          things.stream().map(thing -> threads.submit(() -> work.apply(thing))).toList();
      List<R> results = new ArrayList<>(things.size());
      for (Future<R> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
