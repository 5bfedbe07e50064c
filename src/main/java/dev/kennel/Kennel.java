package dev.kennel;

import dev.kennel.cli.CommandLineInterface;

/** The program. */
public final class Kennel {
  private Kennel() {}

  /**
   * Runs a command and exits: 0 if it went well, 2 for a mistake of the user's, 1 for one of ours.
   */
  public static void main(String[] arguments) {
    int code = CommandLineInterface.run(arguments);
    if (code != 0) {
      System.exit(code); // a driver on a cluster returns from main when all is well
    }
  }
}
