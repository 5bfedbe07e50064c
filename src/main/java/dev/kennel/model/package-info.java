/**
 * A trained model: {@link dev.kennel.model.TrainedModel} saves and loads its folder, {@link
 * dev.kennel.model.ImageClassificationModel} predicts with it in Spark ML and {@link
 * dev.kennel.model.ListingPredictions} for listed images, {@link dev.kennel.model.Export} writes it
 * for other programs.
 */
package dev.kennel.model;
