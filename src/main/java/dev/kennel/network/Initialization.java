package dev.kennel.network;

import java.util.Map;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.random.impl.GaussianDistribution;
import org.nd4j.linalg.api.ops.random.impl.UniformDistribution;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The values that parameters start from, drawn anew from a seed.
 *
 * <ul>
 *   <li>Convolutions without bias (ResNet's): Kaiming normal, fan_out, ReLU: N(0, 2 / (outChannels
 *       · kh · kw)) (He et al. 2015, arXiv 1502.01852).
 *   <li>Convolutions with bias and fully connected layers: PyTorch's default, U(−1/√fan_in,
 *       1/√fan_in) for weights and biases.
 *   <li>Batch normalization: γ and β as configured, running mean 0 and variance 1.
 * </ul>
 */
public final class Initialization {
  private Initialization() {}

  /**
   * Gives the parameters of an {@code init()}-ed graph their starting values; the same seed, the
   * same.
   */
  public static void initialize(ComputationGraph graph, long seed) {
    // ND4J takes seed 0 for "any"; this maps seeds to others, none of them 0.
    long nonZero = new SplittableRandom(seed).nextLong() | 1;
    Random random = Nd4j.getRandomFactory().getNewRandomInstance(nonZero);
    for (Layer layer : graph.getLayers()) {
      Map<String, INDArray> parameters = layer.paramTable();
      INDArray weight = parameters.get("W");
      INDArray bias = parameters.get("b");
      if (layer.conf().getLayer() instanceof ConvolutionLayer) { // [out, in, kh, kw]
        if (bias == null) {
          long fanOut = weight.size(0) * weight.size(2) * weight.size(3);
          Nd4j.getExecutioner()
              .exec(new GaussianDistribution(weight, 0, Math.sqrt(2.0 / fanOut)), random);
        } else {
          uniform(weight, bias, weight.length() / weight.size(0), random);
        }
      } else if (layer.conf().getLayer() instanceof DenseLayer
          || layer.conf().getLayer() instanceof BaseOutputLayer) { // [in, out]
        uniform(weight, bias, weight.size(0), random);
      } else if (layer.conf().getLayer() instanceof BatchNormalization normalization) {
        parameters.get("gamma").assign(normalization.getGamma());
        parameters.get("beta").assign(normalization.getBeta());
        parameters.get("mean").assign(0);
        parameters.get("var").assign(1);
      }
    }
  }

  private static void uniform(INDArray weight, INDArray bias, long fanIn, Random random) {
    double bound = 1 / Math.sqrt(fanIn);
    Nd4j.getExecutioner().exec(new UniformDistribution(weight, -bound, bound), random);
    Nd4j.getExecutioner().exec(new UniformDistribution(bias, -bound, bound), random);
  }
}
