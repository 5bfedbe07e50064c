package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_sgemm;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradient Σ left[i, row] · right[i, column] over the examples i of a batch, [rows, columns],
 * formed tile by tile, so that it is never whole in memory: where a parameter is large, memory
 * traffic is what a step costs.
 *
 * @param left address of [batch, rows]
 * @param right address of [batch, columns]
 */
record GradientTiles(long left, long right, long batch, long rows, long columns) {
  private static final int ROWS = 512; // of a tile: for fewer, oneDNN's matrix product is slow

  private static final int COLUMNS = 1024; // of a tile, whose 2 MiB stay in the processor's cache
  private static final byte TRANSPOSED = 'T';
  private static final byte PLAIN = 'N';

  /** Of arrays of [batch, rows] and [batch, columns] that are in order. */
  static GradientTiles of(INDArray left, INDArray right) {
    return new GradientTiles(
        Memory.address(left), Memory.address(right), left.size(0), left.size(1), right.size(1));
  }

  /** Takes a tile. */
  interface Taker {
    /**
     * @param tile its number, from 0 on
     * @param row its first row
     * @param column its first column
     * @param gradient address of [height, width]
     */
    void take(int tile, long row, long column, int height, int width, long gradient);
  }

  int count() {
    return Math.toIntExact(down() * ((columns + COLUMNS - 1) / COLUMNS));
  }

  private long down() {
    return (rows + ROWS - 1) / ROWS;
  }

  /** Forms each tile, on as many threads as the arithmetic has, and hands it on. */
  void forEach(Taker taker) {
    Parallel.forEach(
        count(),
        tile -> {
          long row = tile % down() * ROWS;
          long column = tile / down() * COLUMNS;
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
            taker.take(tile, row, column, height, width, gradient.address());
          }
        });
  }
}
