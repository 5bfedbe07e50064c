package dev.kennel.evaluation;

import dev.kennel.network.Answer;
import java.io.Serializable;

/**
 * What a network answered for one image of a split.
 *
 * @param id the image's position in the listing
 * @param path where it lies
 * @param answer the answer
 */
public record Prediction(int id, String path, Answer answer) implements Serializable {}
