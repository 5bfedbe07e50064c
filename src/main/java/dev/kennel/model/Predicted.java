package dev.kennel.model;

import dev.kennel.dataset.Square;
import java.util.Optional;

/**
 * What a model answers for one item.
 *
 * @param item what the image was taken from
 * @param square the image, or why there is none
 * @param probabilities of the classes, by label; empty if there is no image
 */
record Predicted<T>(T item, Square square, Optional<float[]> probabilities) {}
