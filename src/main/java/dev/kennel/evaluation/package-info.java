/**
 * Predictions of a network on a split, and the metrics computed from them: {@link
 * dev.kennel.evaluation.Evaluator} and {@link dev.kennel.evaluation.Metrics}.
 */
package dev.kennel.evaluation;
