package dev.kennel;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Makes ids such as {@code 20260131-120000-1a2b}, which sort by time. */
final class RunId {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private RunId() {}

  /** An id for what begins at that time; its end is random, so that two of a second differ. */
  static String at(Instant time) {
    return TIME.format(time) + String.format("-%04x", new SecureRandom().nextInt(1 << 16));
  }
}
