package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_sgemm;
import static org.bytedeco.openblas.global.openblas.cblas_sdot;

import java.util.Arrays;

/**
 * Squares of Euclidean norms, summed up in f64 from short sums in f32. BLAS's own norm is computed
 * in 80 bits, a float at a time.
 */
final class Norm {
  private static final int PIECE = 1 << 22; // floats that one thread takes at a time
  private static final int BLOCK = 4096; // columns whose products are summed up in f32
  private static final double CANCELLED = 1e-3; // share of the terms' sizes that must be left
  private static final byte TRANSPOSED = 'T';
  private static final byte PLAIN = 'N';

  private Norm() {}

  /** Of so many floats from an address on. */
  static double squared(long address, long length) {
    int pieces = Math.toIntExact((length + PIECE - 1) / PIECE);
    double[] sums = new double[pieces]; // added up in the same order each time
    Parallel.forEach(
        pieces,
        piece -> {
          long from = (long) piece * PIECE;
          sums[piece] = ofPiece(address + Float.BYTES * from, (int) Math.min(PIECE, length - from));
        });
    return Arrays.stream(sums).sum();
  }

  private static double ofPiece(long address, int length) {
    Address floats = new Address();
    double sum = 0;
    for (int i = 0; i < length; i += Rule.MOST) {
      floats.at(address + (long) Float.BYTES * i);
      sum += cblas_sdot(Math.min(Rule.MOST, length - i), floats, 1, floats, 1);
    }
    return sum;
  }

  /**
   * Of leftᵀ · right, which is never whole in memory. Where the batch is small beside its rows and
   * columns, it is Σ (left · leftᵀ)ᵢⱼ (right · rightᵀ)ᵢⱼ over all pairs of examples i and j: two
   * products of [batch, batch], which take next to nothing. Where examples cancel each other, or
   * the batch is not small, leftᵀ · right is formed tile by tile.
   */
  static double squared(GradientTiles product) {
    long batch = product.batch();
    if (batch * (product.rows() + product.columns()) < product.rows() * product.columns()) {
      double[] ofLeft = pairs(product.left(), batch, product.rows());
      double[] ofRight = pairs(product.right(), batch, product.columns());
      double sum = 0;
      double sizes = 0;
      for (int i = 0; i < ofLeft.length; i++) {
        sum += ofLeft[i] * ofRight[i];
        sizes += Math.abs(ofLeft[i] * ofRight[i]);
      }
      if (sum >= CANCELLED * sizes) {
        return sum;
      }
    }
    double[] sums = new double[product.count()];
    product.forEach(
        (tile, row, column, height, width, gradient) ->
            sums[tile] = ofPiece(gradient, height * width));
    return Arrays.stream(sums).sum();
  }

  /** Every example's product with every other: [batch, batch]. */
  private static double[] pairs(long examples, long batch, long features) {
    double[] sums = new double[Math.toIntExact(batch * batch)];
    float[] ofBlock = new float[sums.length];
    try (Scratch products = Scratch.take(Float.BYTES * batch * batch)) {
      Address block = new Address();
      Address to = new Address().at(products.address());
      Floats found = new Floats();
      for (long from = 0; from < features; from += BLOCK) {
        long width = Math.min(BLOCK, features - from);
        block.at(examples + Float.BYTES * from);
        OneDnn.check(
            dnnl_sgemm(
                PLAIN,
                TRANSPOSED,
                batch,
                batch,
                width,
                1,
                block,
                features,
                block,
                features,
                0,
                to,
                batch),
            "multiply matrices");
        found.read(products.address(), ofBlock, sums.length);
        for (int i = 0; i < sums.length; i++) {
          sums[i] += ofBlock[i];
        }
      }
    }
    return sums;
  }
}
