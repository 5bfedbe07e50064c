package dev.kennel.training;

import dev.kennel.network.Answer;
import java.util.List;

/**
 * An epoch of training.
 *
 * @param answers what the network answered for each training image when it was trained on it
 * @param learningRate of the epoch's last step
 * @param seconds from the first round's start to the last one's end, averaging included
 */
public record TrainedEpoch(List<Answer> answers, double learningRate, double seconds) {}
