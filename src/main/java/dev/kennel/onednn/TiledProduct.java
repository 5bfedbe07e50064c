package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_sgemm;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The output of a fully connected layer of many weights in f32, tile by tile: each weight is read
 * from memory once, and no sum depends on the number of threads. oneDNN's own product takes four
 * times as long for weights that lie as Deeplearning4j keeps them.
 */
final class TiledProduct {
  private static final int ROWS = 512; // of a tile of weights, 2 MiB, which stays in the cache
  private static final int COLUMNS = 1024;
  private static final long LEAST_WEIGHTS = 1 << 20; // fewer stay in the cache as a whole
  private static final byte PLAIN = 'N';
  private static final byte TRANSPOSED = 'T';

  private final long batch;
  private final long outputs;
  private final long inputs;
  private final Primitive transpose; // [outputs, batch] → [batch, outputs]

  TiledProduct(long batch, long outputs, long inputs) {
    this.batch = batch;
    this.outputs = outputs;
    this.inputs = inputs;
    transpose =
        Primitive.reorder(
            Layout.strided(DataType.FLOAT, new long[] {batch, outputs}, new long[] {1, batch}),
            Layout.plain(batch, outputs));
  }

  /** Whether it is the way for a layer of that size: several tiles, for as many threads. */
  static boolean suits(long outputs, long inputs) {
    return outputs > ROWS && outputs * inputs >= LEAST_WEIGHTS;
  }

  /**
   * Computes output[i, o] = bias[o] + Σ input[i, k] · weights[o, k], the last index of each running
   * fastest. All four are addresses.
   */
  void compute(long input, long weights, long bias, long output) {
    FloatBuffer biases = Memory.floats(bias, Math.toIntExact(outputs));
    try (Scratch sums = Scratch.take(Float.BYTES * outputs * batch)) {
      Parallel.forEach(
          Math.toIntExact((outputs + ROWS - 1) / ROWS),
          tile -> {
            int row = tile * ROWS;
            int rows = (int) Math.min(ROWS, outputs - row);
            long to = sums.address() + (long) Float.BYTES * row * batch;
            FloatBuffer start = Memory.floats(to, Math.toIntExact(rows * batch));
            for (int o = 0; o < rows; o++) {
              float each = biases.get(row + o);
              for (long i = 0; i < batch; i++) {
                start.put(each);
              }
            }
            for (long column = 0; column < inputs; column += COLUMNS) {
              long bytes = Float.BYTES * column;
              add(
                  weights + (long) Float.BYTES * row * inputs + bytes,
                  rows,
                  input + bytes,
                  Math.min(COLUMNS, inputs - column),
                  to);
            }
          });
      transpose.run(sums.address(), output);
    }
  }

  /** Adds one tile's part to the sums of its rows. */
  private void add(long tile, long rows, long input, long columns, long sums) {
    OneDnn.check(
        dnnl_sgemm(
            PLAIN,
            TRANSPOSED,
            rows,
            batch,
            columns,
            1,
            new Address().at(tile),
            inputs,
            new Address().at(input),
            inputs,
            1,
            new Address().at(sums),
            batch),
        "multiply matrices");
  }
}
