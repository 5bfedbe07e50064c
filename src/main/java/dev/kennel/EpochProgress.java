package dev.kennel;

import dev.kennel.network.Answer;
import dev.kennel.training.Progress;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;

/**
 * The progress of one epoch's training, with running loss, accuracy and images a second: a bar on a
 * terminal, a line every ten seconds in a log file.
 */
final class EpochProgress implements Progress, AutoCloseable {
  private final PrintStream out;
  private final ProgressBar bar;
  private long images;
  private double loss;
  private long right;

  EpochProgress(String title, int images, PrintStream out, boolean isTerminal) {
    this.out = out;
    this.bar = Bars.of(title, images, out, isTerminal, this::log);
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
