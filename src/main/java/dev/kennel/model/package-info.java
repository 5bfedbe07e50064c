/** A trained model as a folder: {@link dev.kennel.model.TrainedModel} saves and loads it. */
package dev.kennel.model;
