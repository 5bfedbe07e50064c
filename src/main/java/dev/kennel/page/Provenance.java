package dev.kennel.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Row;

/** Where the figures come from: runs, and their settings, those that differ first. */
final class Provenance {
  /** Columns and what they are called. */
  private static final Map<String, String> RUNS =
      titles(
          "seed",
          "Seed",
          "workers",
          "Workers",
          "train_images",
          "Training images",
          "validation_images",
          "Validation images",
          "test_images",
          "Test images",
          "classes",
          "Classes");

  private static final Map<String, String> MADE_WITH =
      titles(
          "kennel_version",
          "Kennel",
          "git_commit",
          "Commit",
          "spark_version",
          "Spark",
          "dl4j_version",
          "Deeplearning4j",
          "java_version",
          "Java",
          "master",
          "Master",
          "cpu",
          "Processor");

  private final List<Row> runs;
  private final List<Map<String, String>> settings;

  /** Of rows of {@link PageTables#runs}. */
  Provenance(List<Row> runs) {
    this.runs = runs;
    this.settings = runs.stream().map(run -> flat(run.<String>getAs("settings"))).toList();
  }

  String html() {
    if (runs.isEmpty()) {
      return Sections.paragraph("There is none yet.");
    }
    return runsTable() + differing() + madeWith() + all();
  }

  private String runsTable() {
    List<String> header = new ArrayList<>(List.of("Run", "Status", "Started", "Ended"));
    header.addAll(RUNS.values());
    List<List<String>> rows = new ArrayList<>();
    for (Row run : runs) {
      List<String> row = new ArrayList<>();
      row.add(run.getAs("run_id"));
      row.add(status(run));
      row.add(time(run.getAs("started_at")));
      row.add(time(run.getAs("finished_at")));
      RUNS.keySet().forEach(column -> row.add(value(run, column)));
      rows.add(row);
    }
    return Markup.table("Runs", header, rows);
  }

  private String madeWith() {
    List<String> header = new ArrayList<>(List.of("Run"));
    header.addAll(MADE_WITH.values());
    List<List<String>> rows = new ArrayList<>();
    for (Row run : runs) {
      List<String> row = new ArrayList<>(List.of(run.<String>getAs("run_id")));
      MADE_WITH.keySet().forEach(column -> row.add(value(run, column)));
      rows.add(row);
    }
    return Markup.table("Made with", header, rows);
  }

  private static Map<String, String> titles(String... columnsAndTitles) {
    Map<String, String> titles = new LinkedHashMap<>();
    for (int i = 0; i < columnsAndTitles.length; i += 2) {
      titles.put(columnsAndTitles[i], columnsAndTitles[i + 1]);
    }
    return titles;
  }

  private static String value(Row run, String column) {
    Object value = run.getAs(column);
    if (value instanceof Number number && !column.equals("seed")) {
      return Figures.count(number.longValue());
    }
    return Objects.toString(value, Figures.NONE);
  }

  private static String status(Row run) {
    String failure = run.getAs("failure");
    return run.getAs("status") + (failure == null ? "" : ": " + failure);
  }

  private static String time(Long milliseconds) {
    return milliseconds == null ? Figures.NONE : Figures.time(Instant.ofEpochMilli(milliseconds));
  }

  private String differing() {
    if (runs.size() == 1) {
      return "";
    }
    List<String> names = names().stream().filter(name -> values(name).size() > 1).toList();
    if (names.isEmpty()) {
      return "<p>All settings of the runs are the same.</p>\n";
    }
    List<String> header = new ArrayList<>(List.of("Run"));
    header.addAll(names);
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      List<String> row = new ArrayList<>(List.of(runs.get(i).<String>getAs("run_id")));
      for (String name : names) {
        row.add(settings.get(i).getOrDefault(name, Figures.NONE));
      }
      rows.add(row);
    }
    return Markup.table("Settings that differ", header, rows);
  }

  private String all() {
    List<List<String>> rows = new ArrayList<>();
    for (String name : names()) {
      rows.add(List.of(name, String.join(" | ", values(name))));
    }
    return "<details id=\"all-settings\"><summary>All %d settings</summary>\n%s</details>\n"
        .formatted(rows.size(), Markup.table("All settings", List.of("Setting", "Value"), rows));
  }

  private TreeSet<String> names() {
    TreeSet<String> names = new TreeSet<>();
    settings.forEach(ofRun -> names.addAll(ofRun.keySet()));
    return names;
  }

  private TreeSet<String> values(String name) {
    TreeSet<String> values = new TreeSet<>();
    settings.forEach(ofRun -> values.add(ofRun.getOrDefault(name, Figures.NONE)));
    return values;
  }

  /** A sentence on each run that goes on or has failed. */
  String notes() {
    StringBuilder sentences = new StringBuilder();
    for (Row run : runs) {
      String status = run.getAs("status");
      if (!status.equals("finished")) {
        String said = status.equals("running") ? "is running." : "has " + status(run);
        sentences.append(Sections.paragraph("Run %s %s".formatted(run.getAs("run_id"), said)));
      }
    }
    return sentences.toString();
  }

  /** The same, or that all have finished, for those who saw them go on. */
  String notesToFollowers() {
    String notes = notes();
    if (!notes.isEmpty() || runs.isEmpty()) {
      return notes;
    }
    return Sections.paragraph(
        runs.size() == 1
            ? "Run " + runs.get(0).<String>getAs("run_id") + " has finished."
            : "All runs have finished.");
  }

  /** The settings under dotted names. */
  private static Map<String, String> flat(String json) {
    Map<String, String> flat = new TreeMap<>();
    try {
      flatten("", new ObjectMapper().readTree(json), flat);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read the settings of a run: " + e.getMessage(), e);
    }
    return flat;
  }

  private static void flatten(String name, JsonNode value, Map<String, String> flat) {
    if (value.isObject()) {
      String prefix = name.isEmpty() ? "" : name + ".";
      value.fields().forEachRemaining(f -> flatten(prefix + f.getKey(), f.getValue(), flat));
    } else {
      flat.put(
          name,
          value.isTextual() ? value.asText() : value.isNull() ? Figures.NONE : value.toString());
    }
  }
}
