/**
 * Trains one network for one epoch on the cluster: {@link dev.kennel.training.Trainer}. Schedules,
 * the averaging of workers, and what the executors have to offer.
 */
package dev.kennel.training;
