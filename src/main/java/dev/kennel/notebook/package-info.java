/**
 * The Jupyter kernel: Spark SQL cells with tables and charts, and Java cells, over the tables of an
 * output folder.
 *
 * <p>{@link dev.kennel.notebook.NotebookKernel} is the central class; {@link
 * dev.kennel.notebook.KernelSpec} tells Jupyter of it.
 */
package dev.kennel.notebook;
