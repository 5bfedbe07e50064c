package dev.kennel.cli;

import java.util.Locale;

/** The forms that predictions are written in. */
enum PredictionFormat {
  /** Aligned columns for people. */
  TABLE,
  CSV,
  /** An object a row, each in a line of its own. */
  JSON,
  /** A folder of Parquet files, as Spark writes them. */
  PARQUET;

  /** The format that a file is named for; a table, if for none. */
  static PredictionFormat of(String file) {
    String ending = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (ending) {
      case "csv" -> CSV;
      case "json", "jsonl", "ndjson" -> JSON;
      case "parquet" -> PARQUET;
      default -> TABLE;
    };
  }
}
