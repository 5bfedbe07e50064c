package dev.kennel.cli;

import dev.kennel.Version;
import dev.kennel.config.NearestName;
import dev.kennel.config.UserError;
import dev.kennel.table.LaterVersionException;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.util.ShutdownHookManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code kennel} command. */
@Command(
    name = "kennel",
    mixinStandardHelpOptions = true,
    versionProvider = CommandLineInterface.VersionText.class,
    description = "Trains image classifiers on Apache Spark and shows in tables which is better.",
    subcommands = {
      TrainCommand.class,
      SweepCommand.class,
      InspectCommand.class,
      CompareCommand.class,
      ReportCommand.class,
      PredictCommand.class,
      SqlCommand.class,
      JupyterCommand.class,
      BenchCommand.class,
      PlanCommand.class,
      ShowAugmentationCommand.class,
      ExportCommand.class
    },
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Examples:",
      "  kennel train                            the sample images, in three minutes",
      "  kennel inspect --images dogs/Images     what they are like, before any training",
      "  kennel train --images dogs/Images --config laptop --output dogs-run",
      "  kennel sweep dogs-best.conf --images dogs/Images --output dogs-sweep",
      "  kennel compare --output dogs-run",
      "  kennel sql \"select network, epoch, accuracy from epochs\" --output dogs-run",
      "  kennel predict --model dogs-run/models/…/resnet18 --images rex.jpg",
      "  kennel jupyter install                  notebooks over the tables",
      "  kennel export --model dogs-run/models/RUN_ID/resnet18 --format onnx",
      "",
      "kennel COMMAND --help explains a command. On this machine, start it with submit/local.sh;",
      "on a cluster, with spark-submit (see README.md)."
    })
public final class CommandLineInterface implements Callable<Integer> {
  private static final int OUR_MISTAKE = 1;
  private static final int USERS_MISTAKE = 2;

  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error too.")
  private boolean debug;

  private CommandLineInterface() {}

  /** Runs a command; answers with the exit code. */
  public static int run(String... arguments) {
    return new CommandLine(new CommandLineInterface())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false)
        .setParameterExceptionHandler(CommandLineInterface::misspelt)
        .setExecutionExceptionHandler(CommandLineInterface::failed)
        .execute(arguments);
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return USERS_MISTAKE;
  }

  private static int misspelt(ParameterException e, String[] arguments) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    PrintWriter err = e.getCommandLine().getErr();
    err.println(message(e, command) + "; see " + command.qualifiedName() + " --help");
    return USERS_MISTAKE;
  }

  private static String message(ParameterException e, CommandSpec command) {
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      String word = unmatched.getUnmatched().get(0);
      String name = word.replaceFirst("=.*", "");
      boolean isOption = name.startsWith("-");
      Collection<String> known =
          isOption ? command.optionsMap().keySet() : command.subcommands().keySet();
      String kind = isOption ? "option " : known.isEmpty() ? "argument " : "command ";
      return "Unknown "
          + kind
          + name
          + NearestName.of(name, known).map(near -> ": did you mean " + near + "?").orElse("");
    }
    return "Cannot run " + command.qualifiedName() + ": " + firstLine(e.getMessage());
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    CommandLineInterface program =
        (CommandLineInterface) command.getCommandSpec().root().userObject();
    PrintWriter err = command.getErr();
    if (ShutdownHookManager.get().isShutdownInProgress() && !program.debug) {
      return OUR_MISTAKE; // Control-C: Spark went away beneath the command; the run's row says so
    }
    err.println(line(e));
    if (program.debug) {
      e.printStackTrace(err);
    } else if (!isUsersMistake(e)) {
      err.println("This is a fault of Kennel or its surroundings; --debug prints where it arose");
    }
    err.flush();
    return isUsersMistake(e) ? USERS_MISTAKE : OUR_MISTAKE;
  }

  private static boolean isUsersMistake(Exception e) {
    return e instanceof UserError || e instanceof LaterVersionException;
  }

  /** One line; an error of ours with its type, and what Spark wraps around it taken off. */
  private static String line(Exception e) {
    if (isUsersMistake(e)) {
      return firstLine(e.getMessage());
    }
    return "Cannot go on: " + e.getClass().getSimpleName() + ": " + firstLine(e.getMessage());
  }

  private static String firstLine(String message) {
    return List.of(String.valueOf(message).split("\\R", 2)).get(0);
  }

  /** What {@code --version} prints. */
  static final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
      Version version = Version.current();
      return new String[] {"kennel " + version.number() + " (" + version.commit() + ")"};
    }
  }
}
