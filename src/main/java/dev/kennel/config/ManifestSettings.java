package dev.kennel.config;

/**
 * A table that says which images there are.
 *
 * @param table a CSV, TSV or JSON file, a folder or file of Parquet, or the name of a table that
 *     Spark knows
 * @param pathColumn holds the images' paths
 * @param labelColumn holds the names of their classes
 * @param splitColumn says {@code train}, {@code validation} or {@code test}; a table without it is
 *     split by the job
 */
public record ManifestSettings(
    String table, String pathColumn, String labelColumn, String splitColumn) {
  public ManifestSettings {
    Checks.that(!table.isBlank(), "Cannot read images: the name of their manifest is empty");
  }
}
