package dev.kennel;

import dev.kennel.network.Answer;
import dev.kennel.training.Progress;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * The progress of one epoch's training, with running loss, accuracy and images a second: a bar on a
 * terminal, a line every ten seconds in a log file.
 */
final class EpochProgress implements Progress, AutoCloseable {
  private static final int TERMINAL_MILLIS = 250;
  private static final int LOG_MILLIS = 10_000;
  private static final int LOG_WIDTH = 120;

  private final PrintStream out;
  private final ProgressBar bar;
  private long images;
  private double loss;
  private long right;

  EpochProgress(String title, int images, PrintStream out, boolean isTerminal) {
    this.out = out;
    ProgressBarBuilder builder =
        new ProgressBarBuilder()
            .setTaskName(title)
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
  public void round(List<Answer> answers) {
    images += answers.size();
    for (Answer answer : answers) {
      loss += answer.loss();
      right += answer.isRight() ? 1 : 0;
    }
    bar.setExtraMessage(
        String.format(
            Locale.ROOT, " loss %.3f, accuracy %.3f", loss / images, right / (double) images));
    bar.stepTo(images);
  }

  /**
   * In a log file: nothing before the first round, nor after the last, which has a line of its own.
   */
  private void log(String line) {
    if (images > 0 && bar != null && images < bar.getMax()) {
      out.println(line);
    }
  }

  @Override
  public void close() {
    bar.close();
  }
}
