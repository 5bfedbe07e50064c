/**
 * Describes ResNet, ResFCN18 and CustomCNN as computation graphs. {@link
 * dev.kennel.network.Network} lists them and builds each for a number of classes and an image size.
 */
package dev.kennel.network;
