package dev.kennel.training;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskContext$;

/**
 * An iterator whose elements are made ahead by a thread of its own, so that whoever asks for them
 * rarely waits. What the thread throws is thrown when its turn has come.
 */
final class Prefetched<T> implements Iterator<T>, AutoCloseable {
  private static final Object END = new Object();

  /** What the thread ended with. */
  private record Failure(Throwable cause) {}

  private final BlockingQueue<Object> ready; // elements, at last END or a Failure
  private final Consumer<T> unused;
  private final Thread thread;
  private Object next; // null: not asked for yet
  private long waitedNanos;

  /**
   * Begins to make elements.
   *
   * @param from is asked by one other thread from now on, and by no one else
   * @param ahead the most elements that are made before they are asked for
   * @param unused told of elements that were made and never asked for
   */
  Prefetched(Iterator<T> from, int ahead, Consumer<T> unused) {
    this.ready = new ArrayBlockingQueue<>(ahead);
    this.unused = unused;
    TaskContext task = TaskContext.get();
    this.thread =
        new Thread(
            () -> {
              TaskContext$.MODULE$.setTaskContext(task); // Spark notes there what it fails to fetch
              fill(from);
            },
            "prefetch");
    thread.setDaemon(true);
    thread.start();
  }

  private void fill(Iterator<T> from) {
    try {
      Object last = END;
      try {
        while (from.hasNext()) {
          ready.put(from.next());
        }
      } catch (InterruptedException e) {
        throw e;
      } catch (Throwable e) {
        last = new Failure(e);
      }
      ready.put(last);
    } catch (InterruptedException e) { // closed: nobody asks any more
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean hasNext() {
    if (next == null) {
      next = take();
    }
    if (next instanceof Failure failure) {
      throw new IllegalStateException(
          "Cannot make the next batch: " + failure.cause, failure.cause);
    }
    return next != END;
  }

  private Object take() {
    long begin = System.nanoTime();
    try {
      return ready.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for images", e);
    } finally {
      waitedNanos += System.nanoTime() - begin;
    }
  }

  @Override
  @SuppressWarnings("unchecked") // what is neither END nor a failure came from the iterator
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    T element = (T) next;
    next = null;
    return element;
  }

  /** How long callers have waited for elements, in seconds. */
  double waitedSeconds() {
    return waitedNanos / 1e9;
  }

  /** Ends the thread, and waits until it has. */
  @Override
  @SuppressWarnings("unchecked") // as above
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<Object> left = new ArrayList<>(ready);
    if (next != null) {
      left.add(next);
    }
    left.stream()
        .filter(element -> element != END && !(element instanceof Failure))
        .forEach(element -> unused.accept((T) element));
  }
}
