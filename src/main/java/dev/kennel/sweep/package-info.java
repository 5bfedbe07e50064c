/**
 * Searches over settings by successive halving: {@link dev.kennel.sweep.Sweep} trains candidates,
 * round after round, each as a run in the tables, where a sweep that is begun again finds them.
 */
package dev.kennel.sweep;
