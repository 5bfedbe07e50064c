package dev.kennel.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Work in Java on as many threads as the calling thread's arithmetic uses; what it calls of native
 * arithmetic runs on the one thread that calls it.
 */
final class Parallel {
  private static final ExecutorService HELPERS =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "kennel-arithmetic");
            thread.setDaemon(true);
            return thread;
          });

  private Parallel() {}

  /** Does pieces 0 to {@code pieces} − 1, each once, in no order; the caller does its share. */
  static void forEach(int pieces, IntConsumer work) {
    int helpers = Math.min(Arithmetic.threads(), pieces) - 1;
    if (helpers < 1) {
      for (int piece = 0; piece < pieces; piece++) {
        work.accept(piece);
      }
      return;
    }
    AtomicInteger next = new AtomicInteger();
    Runnable share =
        () -> {
          Arithmetic.useNativeThreads(1);
          for (int piece = next.getAndIncrement(); piece < pieces; piece = next.getAndIncrement()) {
            work.accept(piece);
          }
        };
    List<Future<?>> others = new ArrayList<>();
    for (int i = 0; i < helpers; i++) {
      others.add(HELPERS.submit(share));
    }
    try {
      share.run();
    } finally {
      Arithmetic.useNativeThreads(Arithmetic.threads());
      others.forEach(Parallel::finish);
    }
  }

  /** Waits, whatever happens: the work writes to memory that the caller may free afterwards. */
  private static void finish(Future<?> work) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          work.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IllegalStateException(
              "Cannot go on: a thread of the arithmetic failed", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
