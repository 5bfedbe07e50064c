/**
 * Runs Spark SQL over the tables: a script, or what a person types at a terminal.
 *
 * <p>{@link dev.kennel.shell.SqlSession} is the central class; {@link dev.kennel.shell.Shell} reads
 * what is typed.
 */
package dev.kennel.shell;
