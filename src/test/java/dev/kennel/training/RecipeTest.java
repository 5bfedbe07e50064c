package dev.kennel.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kennel.dataset.PreparedImage;
import dev.kennel.image.Augmentation;
import dev.kennel.image.BatchMixing;
import dev.kennel.network.Answer;
import dev.kennel.network.SoftmaxCrossEntropy;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Smoothed and mixed labels against PyTorch's, whose numbers {@code
 * src/test/resources/pytorch/make_recipe.py} made in double precision.
 */
class RecipeTest {
  private static final int CLASSES = 5;
  private static final int[] GREYS = {0, 60, 120, 255};
  private static JsonNode pytorch;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream file = RecipeTest.class.getResourceAsStream("/pytorch/recipe.json")) {
      pytorch = new ObjectMapper().readTree(file);
    }
  }

  @Test
  void labelsAreSmoothedAsInPytorch() {
    MultiDataSet batch = batch(BatchMixing.NONE);
    assertLossAndGradient(batch.getLabels(0), pytorch.get("smoothed"));
  }

  @Test
  void imagesAndTheirSmoothedLabelsAreMixedAsInPytorch() {
    JsonNode mixed = pytorch.get("mixed");
    MultiDataSet batch = batch(new BatchMixing(0.2, 0));
    double ofFirst = 1 - smoothing() + smoothing() / CLASSES;
    double ofOthers = smoothing() / CLASSES;
    assertThat((batch.getLabels(0).getDouble(1, 1) - ofOthers) / (ofFirst - ofOthers))
        .as("the share that is kept, which make_recipe.py has to have")
        .isCloseTo(mixed.get("share").asDouble(), within(1e-6));
    for (int i = 0; i < GREYS.length; i++) {
      for (int channel = 0; channel < 3; channel++) {
        assertThat(batch.getFeatures(0).getDouble(i, channel, 0, 0))
            .isCloseTo(mixed.get("images").get(i).get(channel).asDouble(), within(1e-5));
      }
    }
    assertLossAndGradient(batch.getLabels(0), mixed);
  }

  private static void assertLossAndGradient(INDArray labels, JsonNode expected) {
    INDArray logits = Nd4j.create(GREYS.length, CLASSES);
    for (int i = 0; i < GREYS.length; i++) {
      for (int c = 0; c < CLASSES; c++) {
        logits.putScalar(i, c, 2 * Math.sin(5 * i + c + 1));
      }
    }
    IActivation softmax = new ActivationSoftmax();
    SoftmaxCrossEntropy ofTraining = new SoftmaxCrossEntropy();
    INDArray gradient = ofTraining.computeGradient(labels, logits.dup(), softmax, null);
    for (int i = 0; i < GREYS.length; i++) {
      for (int c = 0; c < CLASSES; c++) {
        assertThat(gradient.getDouble(i, c))
            .isCloseTo(expected.get("gradient").get(i).get(c).asDouble(), within(1e-6));
      }
    }
    double loss = expected.get("loss").asDouble();
    assertThat(ofTraining.computeScore(labels, logits.dup(), softmax, null, true))
        .isCloseTo(loss, within(1e-6));
    float[] probabilities = Transforms.softmax(logits, true).dup('c').data().asFloat();
    float[] shares = labels.dup('c').data().asFloat();
    double ofAnswers = 0;
    for (int i = 0; i < GREYS.length; i++) {
      ofAnswers += Answer.of(probabilities, shares, i * CLASSES, CLASSES).loss() / GREYS.length;
    }
    assertThat(ofAnswers).isCloseTo(loss, within(1e-6));
  }

  private static MultiDataSet batch(BatchMixing mixing) {
    List<PreparedImage> images =
        IntStream.range(0, GREYS.length).mapToObj(i -> image(i, (byte) GREYS[i])).toList();
    return new Batches(
            BatchPlan.of(4, 1, 4, 1),
            ImageSizes.of(1),
            CLASSES,
            Augmentation.NONE,
            mixing,
            smoothing(),
            3)
        .round(images.iterator(), 0, 1, 0)
        .next();
  }

  private static double smoothing() {
    return pytorch.get("label_smoothing").asDouble();
  }

  private static PreparedImage image(int label, byte grey) {
    return new PreparedImage(label, label, label, new byte[] {grey, grey, grey});
  }
}
