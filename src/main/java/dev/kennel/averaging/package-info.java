/**
 * Carries the parameters and the momentum of a network between driver and workers, and takes their
 * mean. {@link dev.kennel.averaging.NetworkState} is what travels.
 */
package dev.kennel.averaging;
