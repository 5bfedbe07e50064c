package org.nd4j.nativeblas;

import org.nd4j.linalg.factory.Nd4j;

/**
 * Brings Deeplearning4j's oneDNN layers back. {@code BaseMKLDNNHelper} of 1.0.0-M2 asks a class of
 * this name whether oneDNN may be used; the class itself was moved elsewhere before that release,
 * so the answer was always no.
 */
public final class Nd4jCpu {
  private Nd4jCpu() {}

  /** Found by reflection, by its name and those of its methods. */
  public static final class Environment {
    private static final Environment INSTANCE = new Environment();

    private Environment() {}

    /** The only instance. */
    public static Environment getInstance() {
      return INSTANCE;
    }

    /** Whether native operations may use oneDNN. */
    public boolean isUseMKLDNN() {
      return Nd4j.getEnvironment().helpersAllowed();
    }
  }
}
