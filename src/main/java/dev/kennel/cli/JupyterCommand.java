package dev.kennel.cli;

import dev.kennel.Version;
import dev.kennel.notebook.KernelSpec;
import dev.kennel.notebook.NotebookKernel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kennel jupyter}: notebooks over the tables. */
@Command(
    name = "jupyter",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    description = {
      "Makes Kennel a kernel of Jupyter: notebooks whose cells are Spark SQL over the tables of a",
      "run, shown as tables and charts, or Java.%n"
    },
    footer = {
      "",
      "Examples:",
      "  kennel jupyter install",
      "  kennel jupyter install --prefix \"$VIRTUAL_ENV\"",
      "  jupyter notebook notebooks              opens Kennel's own notebooks (or: jupyter lab)",
      "",
      "In a notebook, %%help tells what cells may be."
    })
final class JupyterCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "it needs one of the commands install, uninstall");
  }

  /** Where the kernel is made known. */
  private static final class Place {
    private static final class Choice {
      @Option(names = "--user", description = "In your own Jupyter folder (default).")
      private boolean user;

      @Option(
          names = "--prefix",
          paramLabel = "DIR",
          description =
              "In DIR/share/jupyter: of a Python environment, say, or of all users (/usr).")
      private Path prefix;
    }

    @ArgGroup private Choice choice = new Choice();

    KernelSpec kernel() {
      return new KernelSpec(
          Optional.ofNullable(choice.prefix)
              .filter(prefix -> !choice.user)
              .map(prefix -> prefix.toAbsolutePath().resolve("share").resolve("jupyter"))
              .orElseGet(
                  () ->
                      KernelSpec.dataFolder(
                          System.getenv(),
                          System.getProperty("os.name"),
                          Path.of(System.getProperty("user.home")))));
    }
  }

  @Command(
      name = "install",
      mixinStandardHelpOptions = true,
      usageHelpAutoWidth = true,
      description = {
        "Makes the kernel known to Jupyter.%n",
        "It will start with the Java, Spark and options that this command runs with, such as",
        "--driver-memory, from wherever Jupyter is started. After a move of the project, of Java or",
        "of Spark, install it anew.%n"
      })
  void install(@Mixin Place place) {
    KernelSpec kernel = place.kernel();
    kernel.install(List.of("dev.kennel.Kennel", "jupyter", "kernel"), settings(new SparkConf()));
    System.out.printf(
        "Installed the kernel Kennel in %s%n"
            + "Next: jupyter notebook notebooks   (or jupyter lab; in the project's folder)%n",
        kernel.folder());
  }

  @Command(
      name = "uninstall",
      mixinStandardHelpOptions = true,
      usageHelpAutoWidth = true,
      description = "Takes the kernel away from where install put it.")
  void uninstall(@Mixin Place place) {
    KernelSpec kernel = place.kernel();
    System.out.printf(
        kernel.uninstall() ? "Removed the kernel from %s%n" : "There is no kernel in %s%n",
        kernel.folder());
  }

  @Command(
      name = "kernel",
      hidden = true,
      mixinStandardHelpOptions = true,
      description = "Runs the kernel; Jupyter does that.")
  void kernel(@Parameters(paramLabel = "CONNECTION_FILE") Path connectionFile) {
    endWithParent();
    NotebookKernel.serve(connectionFile, Version.current().number(), JupyterCommand::session);
    System.exit(0); // threads of Spark may go on
  }

  /** Jupyter names itself to its kernels; one that it leaves behind would run for ever. */
  private static void endWithParent() {
    Optional.ofNullable(System.getenv("JPY_PARENT_PID"))
        .map(Long::parseLong)
        .flatMap(ProcessHandle::of)
        .ifPresent(
            jupyter -> jupyter.onExit().whenComplete((ended, none) -> System.exit(0)).isDone());
  }

  private static SparkSession session() {
    SparkSession spark = SparkSessions.forQueries();
    if (spark.sparkContext().isLocal()) {
      // Tables of a run are small.
      spark.conf().set("spark.sql.shuffle.partitions", 4);
    }
    return spark;
  }

  /** Of Spark's settings, those that the kernel is to have as well. */
  private static Map<String, String> settings(SparkConf conf) {
    boolean isLocal = conf.get("spark.master", "local").startsWith("local");
    String others =
        isLocal
            ? "spark\\.(app|submit|repl|jars|driver|executor|executorEnv|yarn|kubernetes|scheduler)\\b.*"
            : "spark\\.(app|submit|repl)\\b.*|spark\\.driver\\..*JavaOptions";
    Map<String, String> settings = new TreeMap<>();
    for (scala.Tuple2<String, String> setting : conf.getAll()) {
      if (!setting._1().matches(others)) {
        settings.put(setting._1(), setting._2());
      }
    }
    return settings;
  }
}
