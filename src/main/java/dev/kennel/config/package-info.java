/**
 * Records that hold a job's settings, checked when made, and their loader (HOCON files, command
 * line on top). {@link dev.kennel.config.Settings} holds them all.
 */
package dev.kennel.config;
