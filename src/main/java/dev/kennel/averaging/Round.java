package dev.kennel.averaging;

/**
 * What a round took.
 *
 * @param number rounds of this training before it
 * @param workers that fitted
 * @param examples they were trained on, all together
 * @param fitSeconds of the slowest worker
 * @param waitSeconds part of it in which a worker waited for images: the longest
 * @param averagingSeconds from the end of the slowest worker's fit until the last worker held the
 *     average
 * @param bytesExchanged bytes of parameters and optimizer state that went from one process to
 *     another
 */
public record Round(
    long number,
    int workers,
    long examples,
    double fitSeconds,
    double waitSeconds,
    double averagingSeconds,
    long bytesExchanged) {}
