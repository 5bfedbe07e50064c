package dev.kennel;

import dev.kennel.onednn.Arithmetic;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets the tests compute with the binary that the program would choose, whichever test runs first.
 */
public final class NativeBinary implements BeforeAllCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    Arithmetic.chooseBinary();
  }
}
