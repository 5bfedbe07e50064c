package dev.kennel.shell;

import dev.kennel.config.NearestName;
import dev.kennel.config.UserError;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;

/** What Spark says of a wrong query, in one line. */
final class QueryError {

  private static final Pattern ERROR_CLASS = Pattern.compile("^\\[[A-Z0-9_.]+]\\s*");
  private static final Pattern PLACE =
      Pattern.compile("[.;\\s]*\\(?\\bline (\\d+),? pos (\\d+)\\)?[.;\\s]*");

  private QueryError() {}

  /** The user's mistake, if the failure is one. */
  static Optional<UserError> of(Throwable failure, Statement statement, SparkSession spark) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof AnalysisException || isOfTheQuery(cause)) {
        String why = unknownTable(cause, spark).orElseGet(() -> message(failure));
        return Optional.of(
            new UserError("Cannot run the query: " + why + place(cause, statement), failure));
      }
    }
    return Optional.empty();
  }

  /** Such as a division by zero, where Spark is told to be strict. */
  private static boolean isOfTheQuery(Throwable cause) {
    return cause instanceof SparkThrowable thrown
        && thrown.getErrorClass() != null
        && !thrown.getErrorClass().startsWith("INTERNAL_ERROR");
  }

  private static Optional<String> unknownTable(Throwable cause, SparkSession spark) {
    if (!(cause instanceof SparkThrowable thrown)
        || !"TABLE_OR_VIEW_NOT_FOUND".equals(thrown.getErrorClass())) {
      return Optional.empty();
    }
    String name = thrown.getMessageParameters().getOrDefault("relationName", "").replace("`", "");
    List<String> known = Arrays.asList(spark.sqlContext().tableNames());
    return Optional.of(
        "there is no table or view %s%s"
            .formatted(
                name,
                NearestName.of(name, known)
                    .map(near -> ": did you mean " + near + "?")
                    .orElse(known.isEmpty() ? "" : "; there are " + String.join(", ", known))));
  }

  /** The first line that says something, without the class of the error and its place. */
  static String message(Throwable failure) {
    String text = String.valueOf(failure.getMessage());
    String line = text.lines().filter(l -> !l.isBlank()).findFirst().orElse(text).strip();
    return PLACE.matcher(ERROR_CLASS.matcher(line).replaceFirst("")).replaceFirst("");
  }

  /** Where it is in the text that the user wrote, not in the statement alone. */
  private static String place(Throwable cause, Statement statement) {
    Matcher place = PLACE.matcher(String.valueOf(cause.getMessage()));
    if (!place.find()) {
      return "";
    }
    int lineOfStatement = Integer.parseInt(place.group(1));
    int column = Integer.parseInt(place.group(2)) + 1;
    return " (line %d, column %d)"
        .formatted(
            statement.line() + lineOfStatement - 1,
            lineOfStatement == 1 ? statement.column() + column - 1 : column);
  }
}
