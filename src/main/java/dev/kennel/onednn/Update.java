package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_sgemm;

/**
 * How one parameter follows its gradient in one step.
 *
 * @param weights address of the parameter, floats side by side
 * @param velocities address of its velocity, likewise; 0 where it has none
 * @param length number of floats
 */
record Update(Rule rule, long weights, long velocities, long length) {
  /**
   * Floats that one thread takes at a time. A parameter of fewer is left to the calling thread: the
   * threads of OpenMP still spin for milliseconds after the gradient, and helpers would have to
   * wait for their cores.
   */
  private static final int PIECE = 1 << 22;

  private static final int ROWS = 512; // of a tile: for fewer, oneDNN's matrix product is slow

  private static final int COLUMNS = 1024; // of a tile, whose 2 MiB stay in the processor's cache
  private static final byte TRANSPOSED = 'T';
  private static final byte PLAIN = 'N';

  /** Follows a gradient that lies in memory, in the parameter's order, and is lost. */
  void follow(long gradient) {
    Parallel.forEach(
        Math.toIntExact((length + PIECE - 1) / PIECE),
        piece -> {
          long from = (long) piece * PIECE;
          int size = (int) Math.min(PIECE, length - from);
          new Follower().follow(from, gradient + Float.BYTES * from, size);
        });
  }

  /**
   * Follows the gradient Σ left[i, row] · right[i, column] over the examples i of a batch, the
   * parameter being [rows, columns] with the last index running fastest. The gradient is formed and
   * followed tile by tile, so that it is never whole in memory: where the parameter is large,
   * memory traffic is what the step costs.
   *
   * @param left address of [batch, rows]
   * @param right address of [batch, columns]
   */
  void followProduct(long left, long right, long batch, long rows, long columns) {
    long down = (rows + ROWS - 1) / ROWS;
    long across = (columns + COLUMNS - 1) / COLUMNS;
    Parallel.forEach(
        Math.toIntExact(down * across),
        tile -> {
          long row = tile % down * ROWS;
          long column = tile / down * COLUMNS;
          int height = (int) Math.min(ROWS, rows - row);
          int width = (int) Math.min(COLUMNS, columns - column);
          try (Scratch gradient = Scratch.take((long) Float.BYTES * height * width)) {
            OneDnn.check(
                dnnl_sgemm(
                    TRANSPOSED,
                    PLAIN,
                    height,
                    width,
                    batch,
                    1,
                    new Address().at(left + Float.BYTES * row),
                    rows,
                    new Address().at(right + Float.BYTES * column),
                    columns,
                    0,
                    new Address().at(gradient.address()),
                    width),
                "multiply matrices");
            Follower follower = new Follower();
            for (int i = 0; i < height; i++) {
              follower.follow(
                  (row + i) * columns + column,
                  gradient.address() + (long) Float.BYTES * i * width,
                  width);
            }
          }
        });
  }

  /** One thread's part. */
  private final class Follower {
    private final Address w = new Address();
    private final Address v = new Address();
    private final Address g = new Address();

    /** Follows the gradient of so many floats from the {@code from}-th on. */
    void follow(long from, long gradient, int size) {
      for (int i = 0; i < size; i += Rule.MOST) {
        int now = Math.min(Rule.MOST, size - i);
        long bytes = Float.BYTES * (from + i);
        w.at(weights + bytes);
        g.at(gradient + (long) Float.BYTES * i);
        if (velocities == 0) {
          rule.descend(w, g, now);
        } else {
          rule.accelerate(w, v.at(velocities + bytes), g, now);
        }
      }
    }
  }
}
