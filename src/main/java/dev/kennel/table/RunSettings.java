package dev.kennel.table;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/** The settings in a run's row, read without Spark: they say how Spark is to be started. */
public final class RunSettings {
  private RunSettings() {}

  /**
   * The settings of a run, as JSON; empty if there is no such run.
   *
   * @param output the folder of its tables
   */
  public static Optional<String> of(Configuration hadoop, String output, String runId)
      throws IOException {
    Path folder = runs(hadoop, output);
    FileSystem files = folder.getFileSystem(hadoop);
    for (FileStatus file : list(files, new Path(folder, Layout.RUN_ID + "=" + runId))) {
      try (ParquetReader<Group> rows =
          ParquetReader.builder(new GroupReadSupport(), file.getPath()).withConf(hadoop).build()) {
        return Optional.of(rows.read().getString("settings", 0));
      }
    }
    return Optional.empty();
  }

  /** The ids of all runs there, the earliest first. */
  public static List<String> runIds(Configuration hadoop, String output) throws IOException {
    Path folder = runs(hadoop, output);
    return list(folder.getFileSystem(hadoop), folder).stream()
        .map(run -> run.getPath().getName())
        .filter(name -> name.startsWith(Layout.RUN_ID + "="))
        .map(name -> name.substring(Layout.RUN_ID.length() + 1))
        .sorted()
        .toList();
  }

  private static Path runs(Configuration hadoop, String output) throws IOException {
    Path path = new Path(output);
    return new Layout(path.getFileSystem(hadoop).makeQualified(path)).folder(Table.RUNS);
  }

  private static List<FileStatus> list(FileSystem files, Path folder) throws IOException {
    try {
      return Arrays.asList(files.listStatus(folder));
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }
}
