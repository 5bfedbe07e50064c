package dev.kennel.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where trained weights come from.
 *
 * @param cache the folder of the driver's machine for files that were fetched; empty: {@code
 *     kennel/weights} in the user's own cache
 * @param address the folder of torchvision's published files, or of a mirror of them
 */
public record WeightSettings(Optional<String> cache, String address) {
  private static final Pattern WEB = Pattern.compile("(?i)https?://.*");

  public WeightSettings {
    Checks.that(
        cache.filter(String::isBlank).isEmpty(),
        "Cannot keep trained weights: weights-cache is empty; name a folder");
    Checks.that(
        isWeb(address),
        "Cannot use weights-address %s: it is http://HOST/FOLDER or https://HOST/FOLDER",
        withoutSecrets(address));
  }

  /** Whether a text is the address of something on the web. */
  public static boolean isWeb(String text) {
    return WEB.matcher(text).matches();
  }

  /**
   * The folder for files that were fetched.
   *
   * @param environment in which {@code XDG_CACHE_HOME} may be
   * @param home the user's own folder
   */
  public Path folder(Map<String, String> environment, String home) {
    String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
    return cache
        .map(Path::of)
        .orElseGet(
            () ->
                (caches.isBlank() ? Path.of(home, ".cache") : Path.of(caches))
                    .resolve("kennel/weights"));
  }

  /**
   * An address as logs and tables show it: without user and password, and without its query, which
   * may be a signature.
   */
  public static String withoutSecrets(String address) {
    String shown = TrackingSettings.withoutCredentials(address);
    return isWeb(shown) ? shown.replaceFirst("[?#].*", "?…") : shown;
  }

  @Override
  public String toString() {
    return "WeightSettings[cache=%s, address=%s]".formatted(cache, withoutSecrets(address));
  }
}
