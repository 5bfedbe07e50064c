/**
 * Measures how fast networks train on this machine: {@link dev.kennel.bench.StepBenchmark} times
 * training steps and forward passes, {@link dev.kennel.bench.Profile} each layer's part of them,
 * {@link dev.kennel.bench.AveragingBenchmark} rounds of averaging. {@link
 * dev.kennel.bench.AveragingModel} estimates those on other machines.
 */
package dev.kennel.bench;
