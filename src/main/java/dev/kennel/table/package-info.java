/**
 * The schema of every Parquet table, and how rows are committed and read.
 *
 * <p>{@link dev.kennel.table.TableStore} is the central class; {@link dev.kennel.table.Table} says
 * what each table holds.
 */
package dev.kennel.table;
