/**
 * A trained model: {@link dev.kennel.model.TrainedModel} saves and loads its folder, {@link
 * dev.kennel.model.ImageClassificationModel} predicts with it in Spark ML, {@link
 * dev.kennel.model.ListingPredictions} for listed images.
 */
package dev.kennel.model;
