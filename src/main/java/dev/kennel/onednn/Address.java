package dev.kennel.onednn;

import org.bytedeco.javacpp.FloatPointer;

/** A pointer that is moved rather than made anew for each call of native code. */
final class Address extends FloatPointer {
  Address at(long bytes) {
    address = bytes;
    return this;
  }
}
