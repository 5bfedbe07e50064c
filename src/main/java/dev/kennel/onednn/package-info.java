/**
 * The arithmetic under the networks: layers that compute in oneDNN where it can be had and in
 * Deeplearning4j's own code elsewhere, {@link dev.kennel.onednn.LeanGraph} that trains them in
 * little memory, and {@link dev.kennel.onednn.Arithmetic}, which chooses the native binary and the
 * number of threads.
 */
package dev.kennel.onednn;
