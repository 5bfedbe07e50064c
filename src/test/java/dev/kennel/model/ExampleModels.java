package dev.kennel.model;

import dev.kennel.image.Augmentation;
import dev.kennel.network.Initialization;
import dev.kennel.network.Network;
import dev.kennel.network.Optimization;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Models as training leaves them, with statistics of their own, but without any training. */
public final class ExampleModels {
  private ExampleModels() {}

  /** A network of Kennel's for images of that size. */
  public static TrainedModel of(Network network, int classes, int size) {
    return of(network, network.configure(classes, size, Optimization.NONE), classes, size);
  }

  /** A network of another configuration. */
  public static TrainedModel of(
      Network kind, ComputationGraphConfiguration configuration, int classes, int size) {
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    Initialization.initialize(network, 1);
    SplittableRandom random = new SplittableRandom(2);
    for (Layer layer : network.getLayers()) {
      Map<String, INDArray> parameters = layer.paramTable();
      if (parameters.containsKey("gamma")) {
        fill(parameters.get("gamma"), 0.5, 1.5, random);
        fill(parameters.get("beta"), -0.2, 0.2, random);
        fill(parameters.get("mean"), -0.2, 0.2, random);
        fill(parameters.get("var"), 0.5, 1.5, random);
      } else if (parameters.containsKey("b")) {
        fill(parameters.get("b"), -0.1, 0.1, random);
      }
    }
    List<String> names =
        IntStream.rangeClosed(1, classes).mapToObj(number -> "breed " + number).toList();
    return new TrainedModel(
        new ModelDescription(
            ModelDescription.FORMAT,
            kind.title(),
            size,
            names.stream().map(name -> "n0-" + name).toList(),
            names,
            Augmentation.MEAN,
            Augmentation.STANDARD_DEVIATION,
            0,
            false,
            "20260131-120000-1a2b",
            3,
            "0.1.0"),
        network);
  }

  private static void fill(INDArray vector, double from, double to, SplittableRandom random) {
    vector.assign(
        Nd4j.createFromArray(random.doubles(vector.length(), from, to).toArray())
            .castTo(vector.dataType())
            .reshape(vector.shape()));
  }
}
