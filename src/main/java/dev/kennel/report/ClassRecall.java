package dev.kennel.report;

/**
 * How many test images of a class a network found, all repeats together.
 *
 * @param className the class
 * @param images its test images
 * @param recall share of right answers, 0 to 1
 */
public record ClassRecall(String className, long images, double recall) {}
