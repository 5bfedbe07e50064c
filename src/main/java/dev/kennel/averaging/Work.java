package dev.kennel.averaging;

import java.io.Serializable;

/**
 * What a worker did in a round.
 *
 * @param examples it was trained on: its weight in the mean
 * @param waitSeconds how long it waited for them
 */
public record Work(long examples, double waitSeconds) implements Serializable {}
