package dev.kennel;

import dev.kennel.weights.FetchProgress;
import java.io.PrintStream;
import java.nio.file.Path;
import me.tongfei.progressbar.ProgressBar;

/** The progress of fetching a file: a bar on a terminal, a line every ten seconds in a log file. */
final class DownloadProgress implements FetchProgress, AutoCloseable {
  private final String address;
  private final Console console;
  private final PrintStream out;
  private final boolean isTerminal;
  private volatile long bytes;
  private ProgressBar bar; // null: nothing has come yet

  DownloadProgress(String address, Console console, PrintStream out, boolean isTerminal) {
    this.address = address;
    this.console = console;
    this.out = out;
    this.isTerminal = isTerminal;
  }

  @Override
  public void damaged(Path cached) {
    console.say("%s is damaged, and fetched anew", cached);
  }

  @Override
  public void fetched(long now, long all) {
    if (bar == null) {
      console.say("Fetching %s", address);
      bar = Bars.ofBytes("Fetching", all, out, isTerminal, this::log);
    }
    bytes = now;
    bar.stepTo(now);
  }

  /** In a log file: nothing before the first byte, nor after the last. */
  private void log(String line) {
    if (bytes > 0 && bar != null && bytes != bar.getMax()) {
      out.println(line);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
