/**
 * The comparison of runs as one HTML file that needs no network, or served while a run goes on.
 *
 * <p>{@link dev.kennel.page.ReportPage} is the central class; {@link dev.kennel.page.PageServer}
 * serves it.
 */
package dev.kennel.page;
