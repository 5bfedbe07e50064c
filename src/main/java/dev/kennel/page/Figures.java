package dev.kennel.page;

import dev.kennel.report.Interval;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * How numbers are written on the page, as in the console. The page's script writes those of charts
 * in the same way: the halves of a decimal number are rounded away from zero.
 */
final class Figures {
  /** Stands for what is unknown. */
  static final String NONE = "–";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Figures() {}

  /** A share of 0 to 1 as a percentage. */
  static String share(double share) {
    return Double.isFinite(share) ? fixed(100 * share, 1) + " %" : NONE;
  }

  static String interval(Interval interval) {
    return fixed(100 * interval.lower(), 1) + " to " + share(interval.upper());
  }

  /** A measure such as a loss. */
  static String figure(double value) {
    return fixed(value, 3);
  }

  /** Seconds, or images a second. */
  static String rate(double value) {
    return fixed(value, 1);
  }

  static String count(long value) {
    return new DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
  }

  static String count(OptionalLong value) {
    return value.isPresent() ? count(value.getAsLong()) : NONE;
  }

  /** Billions, with three digits at least. */
  static String billions(OptionalLong value) {
    if (value.isEmpty()) {
      return NONE;
    }
    double billions = value.getAsLong() / 1e9;
    return fixed(billions, billions >= 10 ? 1 : billions >= 0.1 ? 2 : 6);
  }

  /** A moment, to the second. */
  static String time(Instant time) {
    return TIME.format(time);
  }

  private static String fixed(double value, int digits) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
