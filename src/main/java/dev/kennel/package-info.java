/**
 * Trains image classifiers on Spark and compares them: {@link dev.kennel.TrainingJob} is the whole
 * job on one page, {@link dev.kennel.Kennel} the program.
 */
package dev.kennel;
