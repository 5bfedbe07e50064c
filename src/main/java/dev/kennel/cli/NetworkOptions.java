package dev.kennel.cli;

import dev.kennel.config.UserError;
import dev.kennel.network.Network;
import picocli.CommandLine.Option;

/** {@code --network} and {@code --classes} of a command that is about one network. */
final class NetworkOptions {
  @Option(
      names = "--network",
      paramLabel = "NAME",
      required = true,
      description = "resnet18, resnet34, resnet50, resfcn18 or customcnn.")
  private String name;

  @Option(
      names = "--classes",
      paramLabel = "N",
      defaultValue = "120",
      description = "Classes to tell apart (default: ${DEFAULT-VALUE}).")
  private int classes;

  String name() {
    return name;
  }

  /** The network; {@link UserError} if there is none of that name. */
  Network network() {
    return Network.of(name);
  }

  /** Their number; {@link UserError} if it is below 2. */
  int classes() {
    BenchCommand.atLeast(2, classes, "--classes");
    return classes;
  }
}
