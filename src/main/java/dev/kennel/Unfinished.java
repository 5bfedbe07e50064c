package dev.kennel;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Tells the console where several runs stand if they end before the last of them has: by an error,
 * or because the process is told to end.
 */
public final class Unfinished implements AutoCloseable {
  /** After the run under way has said how it ended, and before Spark's hooks end the session. */
  private static final int HOOK_PRIORITY = 190;

  private final Console console;
  private final Supplier<List<String>> standing;
  private final AtomicBoolean isTold = new AtomicBoolean();
  private final Runnable interrupted = this::tell;

  /**
   * Begins.
   *
   * @param standing the lines that say where the runs stand, asked for from any thread
   */
  public Unfinished(Console console, Supplier<List<String>> standing) {
    this.console = console;
    this.standing = standing;
    ShutdownHookManager.get().addShutdownHook(interrupted, HOOK_PRIORITY);
  }

  /** All runs have ended: there is nothing to tell. */
  public void ended() {
    isTold.set(true);
  }

  private void tell() {
    if (!isTold.getAndSet(true)) {
      standing.get().forEach(line -> console.say("%s", line));
    }
  }

  @Override
  public void close() {
    tell();
    if (!ShutdownHookManager.get().isShutdownInProgress()) { // when no hook can be removed
      ShutdownHookManager.get().removeShutdownHook(interrupted);
    }
  }
}
