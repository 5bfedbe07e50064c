package dev.kennel.report;

/**
 * How many images of a class each of two networks found.
 *
 * @param className the class
 * @param images its test images that both answered
 * @param recallA share of right answers of the one, 0 to 1
 * @param recallB share of right answers of the other, 0 to 1
 */
public record ClassGain(String className, long images, double recallA, double recallB) {

  /** What A finds beyond B, as a share of the class's images, -1 to 1. */
  public double gain() {
    return recallA - recallB;
  }
}
