package dev.kennel.config;

import java.util.Locale;

/** Checks of settings' values. */
final class Checks {
  private Checks() {}

  static void that(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new UserError(String.format(Locale.ROOT, message, values));
    }
  }
}
