package dev.kennel.onednn;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;

/** The state of an optimizer for a block of parameters, where Deeplearning4j keeps it. */
abstract class StateOfUpdater<T extends IUpdater> implements GradientUpdater<T> {
  private static final String STATE = "state";

  private final T optimizer;
  private INDArray state;

  StateOfUpdater(T optimizer, INDArray state, boolean initialize) {
    this.optimizer = optimizer;
    this.state = state;
    if (initialize) {
      state.assign(0);
    }
  }

  @Override
  public final T getConfig() {
    return optimizer;
  }

  final INDArray state() {
    return state;
  }

  @Override
  public final Map<String, INDArray> getState() {
    return Map.of(STATE, state);
  }

  @Override
  public final void setState(Map<String, INDArray> named, boolean initialize) {
    setStateViewArray(named.get(STATE), null, 'c', initialize);
  }

  @Override
  public final void setStateViewArray(
      INDArray view, long[] gradientShape, char gradientOrder, boolean initialize) {
    state = view;
    if (initialize) {
      view.assign(0);
    }
  }
}
