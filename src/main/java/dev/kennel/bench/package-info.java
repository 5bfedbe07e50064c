/**
 * Measures how fast networks train on this machine: {@link dev.kennel.bench.StepBenchmark} times
 * training steps and forward passes, {@link dev.kennel.bench.Profile} each layer's part of them.
 */
package dev.kennel.bench;
