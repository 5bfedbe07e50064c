package dev.kennel.network;

import java.nio.charset.StandardCharsets;
import java.util.function.IntToDoubleFunction;
import java.util.zip.CRC32;

/** Numbers that a formula gives, so that PyTorch can have the same: {@code make_steps.py}. */
final class FormulaNumbers {
  private FormulaNumbers() {}

  /** By index, in [−1, 1): MurmurHash3's finalizer of the index plus the CRC-32 of the name. */
  static IntToDoubleFunction of(String name) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    int begin = (int) crc.getValue();
    return i -> mixed(begin + i);
  }

  private static double mixed(int number) {
    int x = number;
    x = (x ^ x >>> 16) * 0x85EBCA6B;
    x = (x ^ x >>> 13) * 0xC2B2AE35;
    x ^= x >>> 16;
    return Integer.toUnsignedLong(x) / 2147483648.0 - 1;
  }
}
