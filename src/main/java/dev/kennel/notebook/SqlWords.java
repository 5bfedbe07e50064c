package dev.kennel.notebook;

import dev.kennel.shell.Completion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;

/** Completes and explains the words of SQL cells: tables, columns, keywords and functions. */
final class SqlWords {

  private final SparkSession spark;

  SqlWords(SparkSession spark) {
    this.spark = spark;
  }

  /** What may stand at a place of a cell that is SQL, or of the lines above that. */
  ReplacementOptions complete(String source, int at) {
    int lineStart = source.lastIndexOf('\n', at - 1) + 1;
    if (!source.startsWith("%", lineStart)) {
      Completion.Proposal proposal = new Completion(spark).propose(source, at);
      return new ReplacementOptions(proposal.words(), proposal.start(), at);
    }
    int start = at;
    while (start > 0 && isWordPart(source.charAt(start - 1))) {
      start--;
    }
    String begun = source.substring(start, at);
    List<String> words =
        magicWords(source, source.substring(lineStart, start))
            .distinct()
            .filter(word -> word.startsWith(begun))
            .toList();
    return new ReplacementOptions(words, start, at);
  }

  private Stream<String> magicWords(String source, String line) {
    if (line.equals("%")) {
      return Cell.Command.NAMES.stream();
    }
    if (line.equals("%%")) {
      return Cell.Kind.NAMES.stream();
    }
    if (line.startsWith("%%chart")) {
      return line.matches(".*[=,]")
          ? columns(source, tables())
          : Stream.concat(Chart.KINDS.stream(), Chart.SETTINGS.stream().map(name -> name + "="));
    }
    return Stream.of();
  }

  private Map<String, StructType> tables() {
    Map<String, StructType> tables = new LinkedHashMap<>();
    for (String name : spark.sqlContext().tableNames()) {
      tables.put(name, spark.table(name).schema());
    }
    return tables;
  }

  /** Of the tables that the cell names, or of all. */
  private static Stream<String> columns(String source, Map<String, StructType> tables) {
    Set<String> words = new LinkedHashSet<>(Arrays.asList(source.split("\\W+")));
    List<StructType> named = new ArrayList<>();
    tables.forEach(
        (name, schema) -> {
          if (words.contains(name)) {
            named.add(schema);
          }
        });
    return (named.isEmpty() ? tables.values() : named)
        .stream().flatMap(schema -> Arrays.stream(schema.fieldNames()));
  }

  /** What the word at a place means; empty if it is no table and no column. */
  Optional<String> describe(String source, int at) {
    int start = at;
    int end = at;
    while (start > 0 && isWordPart(source.charAt(start - 1))) {
      start--;
    }
    while (end < source.length() && isWordPart(source.charAt(end))) {
      end++;
    }
    String word = source.substring(start, end);
    List<String> lines = new ArrayList<>();
    Map<String, StructType> tables = tables();
    if (tables.containsKey(word)) {
      for (StructField column : tables.get(word).fields()) {
        lines.add(explained("", column));
      }
    }
    tables.forEach(
        (table, schema) -> {
          for (StructField column : schema.fields()) {
            if (column.name().equals(word)) {
              lines.add(explained(table + ".", column));
            }
          }
        });
    return lines.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", lines));
  }

  private static String explained(String prefix, StructField column) {
    String comment = column.getComment().isDefined() ? ": " + column.getComment().get() : "";
    return prefix + column.name() + " (" + column.dataType().simpleString() + ")" + comment;
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }
}
