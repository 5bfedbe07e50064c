package dev.kennel.image;

import java.util.Optional;

/**
 * An image, and whether that is all of it.
 *
 * @param truncation if its data end too early: how much of it was there, in one line
 */
public record DecodedImage(RgbImage image, Optional<String> truncation) {}
