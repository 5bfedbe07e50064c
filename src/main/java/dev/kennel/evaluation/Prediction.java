package dev.kennel.evaluation;

import dev.kennel.network.Answer;
import java.io.Serializable;

/**
 * What a network answered for one image of a split.
 *
 * @param id the image's position in the listing
 * @param answer the answer
 */
public record Prediction(int id, Answer answer) implements Serializable {}
