/**
 * Turns the bytes of one image into pixels of a fixed square, and varies them for training. {@link
 * dev.kennel.image.ImageDecoder} comes first: its {@link dev.kennel.image.RgbImage} gives the
 * square, which {@link dev.kennel.image.Augmentation} varies and writes into a network's input;
 * {@link dev.kennel.image.BatchMixing} mixes the images of a batch after that.
 */
package dev.kennel.image;
