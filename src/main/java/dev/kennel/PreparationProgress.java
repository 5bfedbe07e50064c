package dev.kennel;

import java.io.PrintStream;
import java.util.function.IntConsumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The progress of reading images: a bar on a terminal, a line every ten seconds in a log file. */
final class PreparationProgress implements IntConsumer, AutoCloseable {
  private static final int TERMINAL_MILLIS = 250;
  private static final int LOG_MILLIS = 10_000;
  private static final int LOG_WIDTH = 120;

  private final PrintStream out;
  private final ProgressBar bar;
  private volatile int images;

  PreparationProgress(int images, PrintStream out, boolean isTerminal) {
    this.out = out;
    ProgressBarBuilder builder =
        new ProgressBarBuilder()
            .setTaskName("Reading")
            .setInitialMax(images)
            .setUnit(" images", 1)
            .setStyle(ProgressBarStyle.ASCII)
            .showSpeed();
    bar =
        isTerminal
            ? builder
                .setUpdateIntervalMillis(TERMINAL_MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(out))
                .clearDisplayOnFinish()
                .build()
            : builder
                .setUpdateIntervalMillis(LOG_MILLIS)
                .setConsumer(new DelegatingProgressBarConsumer(this::log, LOG_WIDTH))
                .build();
  }

  @Override
  public void accept(int read) {
    images = read;
    bar.stepTo(read);
  }

  /** In a log file: nothing before the first image, nor after the last. */
  private void log(String line) {
    if (images > 0 && images < bar.getMax()) {
      out.println(line);
    }
  }

  @Override
  public void close() {
    bar.close();
  }
}
