/**
 * Compares runs from the tables alone.
 *
 * <p>{@link dev.kennel.report.Comparison} is the central class; {@link
 * dev.kennel.report.ReportFormat} writes it down.
 */
package dev.kennel.report;
