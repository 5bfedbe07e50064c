package dev.kennel.report;

import dev.kennel.table.TableStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ready-made questions to the tables, as temporary views in Spark SQL. Their definitions are SQL
 * files beside this class; each says what its columns are.
 */
public final class Views {

  // In this order: a view may be made of those before it.
  private static final List<String> NAMES =
      List.of("learning_curve", "comparison", "cost", "confused_pairs", "hardest_images");

  // Spark keeps the comments of a temporary view's columns, but not its own.
  private static final Pattern COMMENT =
      Pattern.compile("^COMMENT 'One row (.*)'$", Pattern.MULTILINE);

  private Views() {}

  /** The views' names. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Registers every table and view in the store's session, as of what is committed now; call it
   * again to see later commits.
   */
  public static void register(TableStore tables) {
    tables.registerViews();
    NAMES.forEach(view -> tables.session().sql(definition(view)));
  }

  /** What a row of a view is, such as {@code a run and network: how good it is}. */
  public static String description(String view) {
    Matcher comment = COMMENT.matcher(definition(view));
    if (!comment.find()) {
      throw new IllegalStateException("Cannot tell what a row of " + view + " is: no comment does");
    }
    return comment.group(1);
  }

  /** The statement that makes a view. */
  static String definition(String view) {
    try (InputStream sql = Views.class.getResourceAsStream("views/" + view + ".sql")) {
      return new String(Objects.requireNonNull(sql).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the view " + view + ": " + e.getMessage(), e);
    }
  }
}
