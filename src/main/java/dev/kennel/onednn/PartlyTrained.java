package dev.kennel.onednn;

/** A layer that leaves out of its backward pass what a training of some layers has no use for. */
interface PartlyTrained {
  /**
   * Says what is trained; until then, everything is.
   *
   * @param itself whether its own parameters are; if not, it computes no gradient of them, and
   *     normalizes by running statistics in training steps too
   * @param below whether a layer below it is; if not, it computes no gradient of its input
   */
  void train(boolean itself, boolean below);
}
