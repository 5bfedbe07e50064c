package dev.kennel.tracking;

import java.util.Map;

/**
 * What was measured in an epoch of a network.
 *
 * @param epoch counts from 1
 * @param milliseconds when it ended, since 1970
 * @param values by their names, such as {@code loss/test}
 */
record TrackedEpoch(int epoch, long milliseconds, Map<String, Double> values) {}
