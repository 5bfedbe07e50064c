package dev.kennel.training;

import dev.kennel.network.Answer;
import java.io.Serializable;
import java.util.List;

/**
 * What happened in one step of one worker.
 *
 * @param worker counted from 0
 * @param iteration steps of the worker before it, in all epochs
 * @param answers what the network answered for each image of the batch, before the step's update
 */
record Step(int worker, int iteration, List<Answer> answers) implements Serializable {}
