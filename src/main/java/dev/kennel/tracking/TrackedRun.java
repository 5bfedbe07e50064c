package dev.kennel.tracking;

import java.util.Map;

/**
 * The run whose rows are copied.
 *
 * @param id its id
 * @param settings its settings by their keys, as {@link SettingsTexts} tells them
 * @param facts what else is known of it (versions, master, seed), by names such as {@code
 *     git_commit}
 */
public record TrackedRun(String id, Map<String, String> settings, Map<String, String> facts) {}
