package dev.kennel.onednn;

import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A convolution's weights in bf16, the channels running fastest, as they were at the last forward
 * pass: the backward pass takes them from here, and need not round them once more.
 */
final class RoundedWeights {
  private final Layout layout;
  private final Primitive round;
  private final BytePointer memory;

  /** Of weights that lie in f32 as [outputs, inputs, height, width]. */
  RoundedWeights(Layout weights) {
    layout = weights.in(DataType.BFLOAT16).asChannelsLast();
    round = Primitive.reorder(weights, layout);
    memory = Scratch.keep(layout.bytes());
  }

  Layout layout() {
    return layout;
  }

  /** Takes the weights at that address as they are now. */
  void take(long weights) {
    round.run(weights, address());
  }

  /** Where they lie. */
  long address() {
    return Scratch.aligned(memory);
  }
}
