/**
 * Reads and writes files of named tensors: PyTorch's {@code .pth} and {@code .safetensors}. {@link
 * dev.kennel.weights.WeightFile} opens any of them.
 */
package dev.kennel.weights;
