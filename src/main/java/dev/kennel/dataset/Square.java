package dev.kennel.dataset;

import java.util.Optional;

/**
 * An image as a network takes it, or why there is none.
 *
 * @param pixels unsigned bytes [3, size, size]; empty if there are none
 * @param reason why; empty if there are
 * @param detail more about that, one line; of an image that is taken though it was cut short, how
 *     much of it was there
 */
public record Square(Optional<byte[]> pixels, String reason, String detail) {
  static Square of(Decoder.Decoded<byte[]> decoded) {
    return new Square(decoded.content(), decoded.file().reason(), decoded.file().detail());
  }
}
