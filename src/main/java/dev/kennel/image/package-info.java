/**
 * Turns the bytes of one image into pixels of a fixed square, and varies them for training. {@link
 * dev.kennel.image.ImageDecoder} comes first: its {@link dev.kennel.image.RgbImage} gives the
 * square, which {@link dev.kennel.image.Augmentation} writes into a network's input.
 */
package dev.kennel.image;
