package dev.kennel.training;

import dev.kennel.network.Answer;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.BaseOutputLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Notes what a network answers for each image while it is trained. */
final class AnswerListener extends BaseTrainingListener {
  private List<Answer> answers = List.of();

  /** The answers for the last batch. */
  List<Answer> answers() {
    return answers;
  }

  /**
   * Called after the backward pass, before the update, while the last layer's input is still there.
   */
  @Override
  public void onBackwardPass(Model model) {
    ComputationGraph graph = (ComputationGraph) model;
    Layer output = graph.getOutputLayer(0);
    INDArray result = output.activate(false, LayerWorkspaceMgr.noWorkspaces()); // [batch, classes]
    float[] probabilities = result.dup('c').data().asFloat();
    INDArray labels = ((BaseOutputLayer<?>) output).getLabels(); // of the same shape
    float[] shares = labels.dup('c').data().asFloat();
    int classes = (int) result.size(1);
    List<Answer> found = new ArrayList<>();
    for (int row = 0; row < shares.length; row += classes) {
      found.add(Answer.of(probabilities, shares, row, classes));
    }
    answers = found;
  }
}
