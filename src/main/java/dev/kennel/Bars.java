package dev.kennel;

import java.io.PrintStream;
import java.util.function.Consumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars: drawn on a terminal, lines every ten seconds in a log file. */
final class Bars {
  private static final int TERMINAL_MILLIS = 250;
  private static final int LOG_MILLIS = 10_000;
  private static final int LOG_WIDTH = 120;

  private Bars() {}

  /**
   * A bar over images that begins at once.
   *
   * @param images how many there are in all
   * @param log told the lines of a log file
   */
  static ProgressBar of(
      String title, int images, PrintStream out, boolean isTerminal, Consumer<String> log) {
    return of(title, images, " images", 1, out, isTerminal, log);
  }

  /** The same over bytes, shown in megabytes; −1: nobody knows how many. */
  static ProgressBar ofBytes(
      String title, long bytes, PrintStream out, boolean isTerminal, Consumer<String> log) {
    return of(title, bytes, " MB", 1_000_000, out, isTerminal, log);
  }

  private static ProgressBar of(
      String title,
      long all,
      String unit,
      long size,
      PrintStream out,
      boolean isTerminal,
      Consumer<String> log) {
    ProgressBarBuilder builder =
        new ProgressBarBuilder()
            .setTaskName(title)
            .setInitialMax(all)
            .setUnit(unit, size)
            .setStyle(ProgressBarStyle.ASCII)
            .showSpeed();
    return isTerminal
        ? builder
            .setUpdateIntervalMillis(TERMINAL_MILLIS)
            .setConsumer(new ConsoleProgressBarConsumer(out))
            .clearDisplayOnFinish()
            .build()
        : builder
            .setUpdateIntervalMillis(LOG_MILLIS)
            .setConsumer(new DelegatingProgressBarConsumer(log, LOG_WIDTH))
            .build();
  }
}
