package dev.kennel.averaging;

import java.io.Serializable;

/**
 * That a replica was brought into an averaged state.
 *
 * @param version of the state
 * @param seconds that it took
 * @param bytes that came from other processes
 */
record Taken(long version, double seconds, long bytes) implements Serializable {}
