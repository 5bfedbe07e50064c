package dev.kennel.weights;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;

/** What the elements of a tensor are, least significant byte first in every file. */
public enum ElementType {
  F64("F64", "DoubleStorage", 8),
  F32("F32", "FloatStorage", 4),
  F16("F16", "HalfStorage", 2),
  BF16("BF16", "BFloat16Storage", 2),
  I64("I64", "LongStorage", 8),
  I32("I32", "IntStorage", 4),
  I16("I16", "ShortStorage", 2),
  I8("I8", "CharStorage", 1),
  U8("U8", "ByteStorage", 1),
  BOOL("BOOL", "BoolStorage", 1);

  private final String title;
  private final String storage;
  private final int bytes;

  ElementType(String title, String storage, int bytes) {
    this.title = title;
    this.storage = storage;
    this.bytes = bytes;
  }

  /** Its name in safetensors. */
  String title() {
    return title;
  }

  /** The class of PyTorch's storages of it, in the module {@code torch}. */
  String storage() {
    return storage;
  }

  /** Bytes of an element. */
  int bytes() {
    return bytes;
  }

  static Optional<ElementType> ofTitle(String title) {
    return Arrays.stream(values()).filter(type -> type.title.equals(title)).findFirst();
  }

  static Optional<ElementType> ofStorage(String storage) {
    return Arrays.stream(values()).filter(type -> type.storage.equals(storage)).findFirst();
  }

  /** Converts all of one buffer, least significant byte first, to 32-bit floats. */
  void toFloats(ByteBuffer from, FloatBuffer to) {
    switch (this) {
      case F32 -> to.put(from.asFloatBuffer());
      case F64 -> {
        while (from.hasRemaining()) {
          to.put((float) from.getDouble());
        }
      }
      case F16 -> {
        while (from.hasRemaining()) {
          to.put(ofHalf(from.getShort()));
        }
      }
      case BF16 -> {
        while (from.hasRemaining()) {
          to.put(Float.intBitsToFloat(from.getShort() << 16));
        }
      }
      case I64 -> {
        while (from.hasRemaining()) {
          to.put(from.getLong());
        }
      }
      case I32 -> {
        while (from.hasRemaining()) {
          to.put(from.getInt());
        }
      }
      case I16 -> {
        while (from.hasRemaining()) {
          to.put(from.getShort());
        }
      }
      case I8 -> {
        while (from.hasRemaining()) {
          to.put(from.get());
        }
      }
      case U8, BOOL -> {
        while (from.hasRemaining()) {
          to.put(from.get() & 0xff);
        }
      }
    }
  }

  /** The value of binary16 (IEEE 754-2008): sign, five bits of exponent, ten of fraction. */
  private static float ofHalf(short half) {
    int exponent = half >> 10 & 0x1f;
    int fraction = half & 0x3ff;
    float magnitude;
    if (exponent == 0) {
      magnitude = fraction * 0x1p-24f;
    } else {
      int bits = exponent == 0x1f ? 0xff : exponent + 112; // bias 15 → 127
      magnitude = Float.intBitsToFloat(bits << 23 | fraction << 13);
    }
    return half < 0 ? -magnitude : magnitude;
  }
}
