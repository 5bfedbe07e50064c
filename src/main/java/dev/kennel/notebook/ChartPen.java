package dev.kennel.notebook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.ScriptableObject;

/**
 * Draws charts as SVG by Apache ECharts, the library of the report's page, here in Rhino without a
 * browser. No fonts of this machine are asked, so that the same rows give the same image anywhere.
 */
final class ChartPen {

  private static final String ECHARTS =
      "/META-INF/resources/webjars/echarts/5.3.1/dist/echarts.min.js";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What ECharts numbers in a process, such as the names of clip paths. */
  private static final Pattern NUMBERED = Pattern.compile("\\bzr\\d+-");

  private final CompletableFuture<ScriptableObject> scope =
      CompletableFuture.supplyAsync(ChartPen::load); // takes seconds

  private static ScriptableObject load() {
    try (Context context = enter()) {
      ScriptableObject scope = context.initSafeStandardObjects();
      // No chart waits for anything, but ECharts looks for these.
      run(context, scope, "function setTimeout() {} function clearTimeout() {}", "timers");
      run(context, scope, resource(ECHARTS), "echarts.min.js");
      run(context, scope, resource("chart.js"), "chart.js");
      return scope;
    }
  }

  private static Context enter() {
    Context context = Context.enter();
    context.setInterpretedMode(true); // ECharts is too large for a class's constants
    context.setLanguageVersion(Context.VERSION_ES6);
    return context;
  }

  private static void run(Context context, ScriptableObject scope, String script, String name) {
    context.evaluateString(scope, script, name, 1, null);
  }

  private static String resource(String name) {
    try (InputStream script = ChartPen.class.getResourceAsStream(name)) {
      if (script == null) {
        throw new IllegalStateException("Cannot draw a chart: " + name + " is not in the jar");
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name + ": " + e.getMessage(), e);
    }
  }

  /**
   * The image.
   *
   * @param chart what {@code chart.js} takes
   * @param label read to whoever cannot see it
   */
  synchronized String draw(Map<String, Object> chart, String label) {
    ScriptableObject loaded = scope.join();
    try (Context context = enter()) {
      Function draw = (Function) loaded.get("draw", loaded);
      Object[] arguments = {hidden(JSON.writeValueAsString(chart))};
      String image = Context.toString(draw.call(context, loaded, loaded, arguments));
      return finished(shown(image), label);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot draw a chart: " + e.getMessage(), e);
    }
  }

  /** This ECharts writes texts as if they were markup, so the signs of markup stay out of it. */
  private static String hidden(String json) {
    return json.replace('<', '\uE000').replace('>', '\uE001').replace('&', '\uE002');
  }

  private static String shown(String svg) {
    return svg.replace("\uE000", "&lt;").replace("\uE001", "&gt;").replace("\uE002", "&amp;");
  }

  /** Names that differ from those of other images on a page, and a label. */
  private static String finished(String svg, String label) {
    String same = NUMBERED.matcher(svg).replaceAll("zr-");
    String own = "c%08x-".formatted(same.hashCode()).toLowerCase(Locale.ROOT);
    String escaped = RowTable.escaped(label);
    return same.replace("zr-", own)
        .replaceFirst(
            "<svg ",
            "<svg role=\"img\" aria-label=\"%s\" "
                .formatted(java.util.regex.Matcher.quoteReplacement(escaped)));
  }
}
