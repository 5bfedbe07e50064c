package dev.kennel.notebook;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs one cell at a time in a thread of its own, so that an interrupt does not reach the sockets
 * that the kernel's own threads hold.
 */
final class CellThread {

  private static final long GRACE = 2_000; // milliseconds

  private final ClassLoader loader;
  private Thread running; // null between cells
  private boolean isInterrupted;

  /**
   * @param loader the context class loader of cells
   */
  CellThread(ClassLoader loader) {
    this.loader = loader;
  }

  /** The work's result. Throws what it throws, or {@link Interrupted}. */
  Object run(Callable<Object> work) throws Exception {
    FutureTask<Object> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "cell");
    thread.setContextClassLoader(loader);
    thread.setDaemon(true);
    begin(thread);
    try {
      thread.start();
      Object result = task.get();
      if (end()) {
        throw new Interrupted();
      }
      return result;
    } catch (ExecutionException e) {
      if (end()) {
        throw new Interrupted();
      }
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw new CellError(String.valueOf(e.getCause()), e.getCause());
    }
  }

  private synchronized void begin(Thread thread) {
    running = thread;
    isInterrupted = false;
  }

  private synchronized boolean end() {
    running = null;
    return isInterrupted;
  }

  /** Ends the running cell, if there is one; whether there is. Does not wait for its end. */
  synchronized boolean interrupt() {
    if (running == null) {
      return false;
    }
    isInterrupted = true;
    Thread thread = running;
    thread.interrupt();
    Thread last = new Thread(() -> stop(thread), "cell-stop");
    last.setDaemon(true);
    last.start();
    return true;
  }

  /** For a loop that heeds no interrupt. Java 17, which Kennel needs, can still do it. */
  @SuppressWarnings("deprecation")
  private static void stop(Thread thread) {
    try {
      thread.join(GRACE);
      if (thread.isAlive()) {
        thread.stop();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
