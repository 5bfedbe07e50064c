/**
 * A trained model as a folder: {@link dev.kennel.model.TrainedModel} saves and loads it, {@link
 * dev.kennel.model.Export} writes it for other programs.
 */
package dev.kennel.model;
