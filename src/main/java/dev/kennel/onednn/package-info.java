/**
 * The arithmetic under the networks: {@link dev.kennel.onednn.Arithmetic} chooses the native binary
 * for this processor, brings oneDNN in, and sets how many threads compute.
 */
package dev.kennel.onednn;
