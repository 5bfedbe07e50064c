package dev.kennel.training;

import dev.kennel.network.Answer;
import java.util.List;

/** Is told how a training goes. */
@FunctionalInterface
public interface Progress {
  /** Called after each round with what was answered in it. */
  void round(List<Answer> answers);
}
