package dev.kennel.cli;

import picocli.CommandLine.Option;

/** {@code --output} of a command that reads tables. */
final class OutputOption {
  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "output",
      description = "Folder that kennel train or inspect wrote to (default: ${DEFAULT-VALUE}).")
  private String folder;

  String folder() {
    return folder;
  }
}
