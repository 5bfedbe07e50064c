package dev.kennel.report;

/** The forms a comparison is written in. */
public enum ReportFormat {
  /** Aligned text for a person, with a sentence on each pair and the classes that gain most. */
  TABLE,
  /** One JSON object with the arrays {@code candidates} and {@code pairs}; unknown is null. */
  JSON,
  /**
   * A header and one line a candidate, with its paired test against the best one; unknown is empty.
   */
  CSV;

  /** The comparison in this form, ending in a line break. */
  public String of(Comparison comparison) {
    return switch (this) {
      case TABLE -> TextReport.of(comparison);
      case JSON -> JsonReport.of(comparison);
      case CSV -> CsvReport.of(comparison);
    };
  }
}
