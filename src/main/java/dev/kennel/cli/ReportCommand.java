package dev.kennel.cli;

import dev.kennel.Console;
import dev.kennel.config.UserError;
import dev.kennel.page.PageServer;
import dev.kennel.page.ReportPage;
import dev.kennel.report.Selection;
import dev.kennel.table.TableStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kennel report}: the comparison as one HTML file, or served while a run goes on. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    sortOptions = false,
    description = {
      "Writes the comparison as one HTML file that needs no network: verdict, learning curves, cost,",
      "confusion, classes, images that were answered wrongly, calibration, rejected images, settings.",
      "With --watch it serves the page to browsers of this machine, and updates it at each epoch.%n"
    },
    footer = {
      "",
      "Examples:",
      "  kennel report --output dogs-run --file dogs.html",
      "  kennel report --output dogs-run --file seeds.html --all",
      "  kennel report --output dogs-run --watch"
    })
final class ReportCommand implements Callable<Integer> {
  private static final int MOST_PORT = 65_535;
  private static final long LOOK_EVERY = 2_000; // milliseconds

  @Mixin private OutputOption output;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      defaultValue = "report.html",
      description = "Local file to write; replaced if it is there (default: ${DEFAULT-VALUE}).")
  private String file;

  @Mixin private RunOptions runs;

  @Option(
      names = "--watch",
      description =
          "Serve the page until Control-C, in place of a file; without a run, the newest.")
  private boolean isWatched;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of --watch; 0 takes any that is free (default: ${DEFAULT-VALUE}).")
  private int port;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path target = check();
    Console console = Console.ofProcess();
    Consumer<String> say = line -> console.say("%s", line);
    try (SparkSession spark = SparkSessions.forQueries()) {
      TableStore tables = new TableStore(spark, output.folder());
      if (isWatched) {
        watch(tables, say);
      } else {
        write(new ReportPage(tables, Optional.empty(), say).of(runs.selection()), target);
        console.say("Wrote %s, %.1f MB", target, Files.size(target) / 1e6);
      }
    }
    return 0;
  }

  /** What can be told before Spark starts. */
  private Path check() {
    runs.check();
    if (port < 0 || port > MOST_PORT) {
      throw new UserError("Cannot use --port %d: it is 0 to %d".formatted(port, MOST_PORT));
    }
    String cannot = "Cannot write " + file + ": ";
    try {
      Path target = Path.of(file).toAbsolutePath();
      if (Files.isDirectory(target)) {
        throw new UserError(cannot + "it is a folder; name a file");
      }
      if (!isWatched && !Files.isDirectory(target.getParent())) {
        throw new UserError(cannot + "there is no folder " + target.getParent());
      }
      if (!isWatched && !Files.isWritable(target.getParent())) {
        throw new UserError(cannot + "permission denied");
      }
      return target;
    } catch (InvalidPathException e) {
      throw new UserError(cannot + "that is no path", e);
    }
  }

  private void watch(TableStore tables, Consumer<String> say)
      throws IOException, InterruptedException {
    Selection selection = runs.selection();
    try (PageServer server = new PageServer(tables, selection.runIds(), selection.isAll(), say)) {
      String address = server.start(port);
      say.accept("The page is at " + address + " and changes at each epoch; Control-C ends this");
      server.watch(LOOK_EVERY);
    }
  }

  /** Written aside, so that whoever opens the file finds a whole one. */
  private static void write(String html, Path target) {
    Path aside = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      try {
        Files.writeString(aside, html);
        Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(aside);
      }
    } catch (IOException e) {
      throw new UserError("Cannot write %s: %s".formatted(target, e.getMessage()), e);
    }
  }
}
