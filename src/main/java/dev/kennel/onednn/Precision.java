package dev.kennel.onednn;

import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;

/** The number format that convolutions and fully connected layers compute in. */
public enum Precision {
  /** 32-bit floats throughout. */
  F32(DataType.FLOAT),
  /**
   * bfloat16 (8 bits of precision, the range of f32) for activations and products, with sums,
   * parameters, their gradients and update, and batch normalization's statistics in f32.
   */
  BF16(DataType.BFLOAT16);

  private final DataType type;

  Precision(DataType type) {
    this.type = type;
  }

  /** The name that users type. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The precision of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Precision of(String title) {
    for (Precision precision : values()) {
      if (precision.title().equals(title)) {
        return precision;
      }
    }
    throw new IllegalArgumentException(
        "Cannot compute in \"" + title + "\": the precisions are f32 and bf16");
  }

  /** Whether this processor has instructions for it. */
  public boolean isNative() {
    return this == F32 || OneDnn.hasBf16();
  }

  /**
   * Checks that this processor has instructions for it.
   *
   * @throws UnsupportedOperationException if it has not; the message says the way out
   */
  public void check() {
    if (!isNative()) {
      throw new UnsupportedOperationException(
          "Cannot compute in bf16: this processor has no instructions for it (avx512_bf16); "
              + "use f32");
    }
  }

  DataType type() {
    return type;
  }
}
