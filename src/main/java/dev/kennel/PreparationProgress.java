package dev.kennel;

import java.io.PrintStream;
import java.util.function.IntConsumer;
import me.tongfei.progressbar.ProgressBar;

/**
 * The progress of going through images: a bar on a terminal, a line every ten seconds in a log
 * file.
 */
final class PreparationProgress implements IntConsumer, AutoCloseable {
  private final PrintStream out;
  private final ProgressBar bar;
  private volatile int images;

  PreparationProgress(String title, int images, PrintStream out, boolean isTerminal) {
    this.out = out;
    this.bar = Bars.of(title, images, out, isTerminal, this::log);
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
