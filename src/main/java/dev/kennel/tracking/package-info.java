/**
 * Copies a run's rows to where people already look: TensorBoard and MLflow. {@link
 * dev.kennel.tracking.Tracking} hands them to the sinks that are switched on; the tables hold
 * everything without them.
 */
package dev.kennel.tracking;
