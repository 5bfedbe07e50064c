/**
 * Averages the parameters and momentum of networks that executors train, in slices: {@link
 * dev.kennel.averaging.SlicedAveraging}. The driver holds none of them.
 */
package dev.kennel.averaging;
