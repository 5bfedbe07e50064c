/**
 * Reads folders into labelled images, splits them, checks for leaks and prepares pixels. {@link
 * dev.kennel.dataset.ImageSource} lists, {@link dev.kennel.dataset.PreparedImages} decodes, {@link
 * dev.kennel.dataset.Split} splits, {@link dev.kennel.dataset.Archive} reads from tar and zip.
 */
package dev.kennel.dataset;
