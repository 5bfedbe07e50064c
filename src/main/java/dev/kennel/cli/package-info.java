/**
 * The command line, one class a command. {@link dev.kennel.cli.CommandLineInterface} runs it and
 * turns what goes wrong into one line and an exit code.
 */
package dev.kennel.cli;
