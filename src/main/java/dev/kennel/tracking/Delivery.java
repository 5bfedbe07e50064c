package dev.kennel.tracking;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Takes rows to a sink in a thread of its own, in order, so that neither a slow sink nor one that
 * fails holds up the training. What could not be delivered is tried again with whatever comes next,
 * and a last time at the end.
 */
final class Delivery {
  /** A call of the sink. */
  @FunctionalInterface
  interface Parcel {
    void deliver(Sink sink) throws IOException, InterruptedException;
  }

  private final Sink sink;
  private final Consumer<String> say;
  private final Queue<Parcel> waiting = new ConcurrentLinkedQueue<>();
  private final ExecutorService thread;
  private boolean isClosed;
  private volatile String failure = ""; // empty: the sink takes rows

  Delivery(Sink sink, Consumer<String> say) {
    this.sink = sink;
    this.say = say;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, "tracking");
              made.setDaemon(true);
              return made;
            });
  }

  /** Takes it there as soon as what came before is there. */
  synchronized void send(Parcel parcel) {
    if (!isClosed) { // a run that is interrupted while an epoch ends
      waiting.add(parcel);
      thread.execute(this::deliver);
    }
  }

  private void deliver() {
    try {
      for (Parcel next = waiting.peek(); next != null; next = waiting.peek()) {
        next.deliver(sink);
        waiting.remove();
      }
      if (!failure.isEmpty()) {
        failure = "";
        say.accept("Logging to " + sink.place() + " again; nothing is missing there");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failed("it was not done in time");
    } catch (IOException | RuntimeException e) {
      failed(reason(e));
    }
  }

  private void failed(String reason) {
    boolean isFirst = failure.isEmpty();
    failure = reason;
    if (isFirst) {
      say.accept(
          "Cannot log to %s: %s; the tables hold everything, and the next rows try again"
              .formatted(sink.place(), reason));
    }
  }

  /** One line that says what went wrong. */
  private static String reason(Exception e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at.getMessage() != null && !at.getMessage().isBlank()) {
        String line = at.getMessage().strip().lines().findFirst().orElseThrow();
        return at instanceof FileSystemException // whose message may be the path alone
            ? at.getClass().getSimpleName() + ": " + line
            : line;
      }
    }
    return e.getClass().getSimpleName();
  }

  /** Waits so long for what is under way, then gives up; tells if something did not get there. */
  void close(Duration patience) {
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      thread.execute(this::deliver);
      thread.shutdown();
    }
    try {
      if (!thread.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        thread.shutdownNow();
        thread.awaitTermination(1, TimeUnit.SECONDS);
      }
      sink.close();
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      failed(reason(e));
    }
    if (!waiting.isEmpty()) {
      say.accept(
          "Gave up logging to %s, where the last rows are missing: %s; the tables hold them"
              .formatted(sink.place(), failure.isEmpty() ? "it was not done in time" : failure));
    }
  }
}
