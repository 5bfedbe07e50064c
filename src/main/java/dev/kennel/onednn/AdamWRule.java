package dev.kennel.onednn;

/**
 * AdamW (Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", arXiv 1711.05101) as
 * PyTorch's {@code AdamW} computes it. Written out, with gradient g, parameter w, mean m of
 * gradients and v of their squares, in step t from 1 on:
 *
 * <pre>
 * m' = beta1 · m + (1 − beta1) · g
 * v' = beta2 · v + (1 − beta2) · g²
 * w' = w − rate · decay · w − rate / (1 − beta1ᵗ) · m' / (√v' / √(1 − beta2ᵗ) + epsilon)
 * </pre>
 *
 * <p>BLAS has no square roots, so the loop is Java's, over arrays that the compiler turns into
 * vector instructions; it does not for buffers of native memory, which are copied piece by piece,
 * in the processor's cache.
 *
 * @param step t
 */
record AdamWRule(
    double rate, double beta1, double beta2, double epsilon, float decay, float scale, long step)
    implements Rule {
  @Override
  public Rule clipped(double factor) {
    return new AdamWRule(rate, beta1, beta2, epsilon, decay, (float) (scale * factor), step);
  }

  @Override
  public Follower follower(Update parameter) {
    Floats weights = new Floats();
    Floats means = new Floats();
    Floats squares = new Floats();
    Floats gradients = new Floats();
    float[] w = new float[MOST];
    float[] m = new float[MOST];
    float[] v = new float[MOST];
    float[] g = new float[MOST];
    return (from, gradient, size) -> {
      for (int i = 0; i < size; i += MOST) {
        int now = Math.min(MOST, size - i);
        long bytes = Float.BYTES * (from + i);
        weights.read(parameter.weights() + bytes, w, now);
        means.read(parameter.first() + bytes, m, now);
        squares.read(parameter.second() + bytes, v, now);
        gradients.read(gradient + (long) Float.BYTES * i, g, now);
        step(w, m, v, g, now);
        weights.write(parameter.weights() + bytes, w, now);
        means.write(parameter.first() + bytes, m, now);
        squares.write(parameter.second() + bytes, v, now);
      }
    };
  }

  private void step(float[] w, float[] m, float[] v, float[] g, int length) {
    float keepMean = (float) beta1;
    float takeMean = (float) (1 - beta1);
    float keepSquare = (float) beta2;
    float takeSquare = (float) (1 - beta2);
    float rateOfDecay = (float) (rate * decay);
    float rateOfMean = (float) (rate / (1 - Math.pow(beta1, step)));
    float rootFactor = (float) (1 / Math.sqrt(1 - Math.pow(beta2, step)));
    float added = (float) epsilon;
    float factor = scale;
    for (int i = 0; i < length; i++) {
      float gradient = factor * g[i];
      float mean = keepMean * m[i] + takeMean * gradient;
      float square = keepSquare * v[i] + takeSquare * gradient * gradient;
      m[i] = mean;
      v[i] = square;
      w[i] -=
          rateOfDecay * w[i] + rateOfMean * mean / ((float) Math.sqrt(square) * rootFactor + added);
    }
  }
}
