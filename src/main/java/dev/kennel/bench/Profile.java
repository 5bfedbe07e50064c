package dev.kennel.bench;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;

/** Times each layer of a network as it runs, by standing between the network and its layers. */
final class Profile {
  /** A layer's part of a step: medians, in milliseconds. */
  public record Line(String layer, double forwardMilliseconds, double backwardMilliseconds) {}

  private static final String FORWARD = "doForward";
  private static final String BACKWARD = "doBackward";

  private final Map<String, Map<String, List<Long>>> nanoseconds = new LinkedHashMap<>();

  private Profile() {}

  /** Starts to time the layers of a built network. */
  static Profile of(ComputationGraph graph) {
    Profile profile = new Profile();
    GraphVertex[] vertices = graph.getVertices();
    for (int i = 0; i < vertices.length; i++) {
      if (!vertices[i].isInputVertex() && !vertices[i].isOutputVertex()) {
        vertices[i] = profile.timed(vertices[i]);
      }
    }
    return profile;
  }

  private GraphVertex timed(GraphVertex vertex) {
    return (GraphVertex)
        Proxy.newProxyInstance(
            Profile.class.getClassLoader(),
            new Class<?>[] {GraphVertex.class},
            (proxy, method, arguments) -> call(vertex, method, arguments));
  }

  private Object call(GraphVertex vertex, Method method, Object[] arguments) throws Throwable {
    long start = System.nanoTime();
    try {
      return method.invoke(vertex, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      if (method.getName().equals(FORWARD) || method.getName().equals(BACKWARD)) {
        nanoseconds
            .computeIfAbsent(vertex.getVertexName(), name -> new LinkedHashMap<>())
            .computeIfAbsent(method.getName(), name -> new ArrayList<>())
            .add(System.nanoTime() - start);
      }
    }
  }

  /** What was measured so far, the slowest layer first. */
  List<Line> lines() {
    return nanoseconds.entrySet().stream()
        .map(
            layer ->
                new Line(
                    layer.getKey(),
                    median(layer.getValue().getOrDefault(FORWARD, List.of())),
                    median(layer.getValue().getOrDefault(BACKWARD, List.of()))))
        .sorted(
            Comparator.comparingDouble(
                line -> -line.forwardMilliseconds() - line.backwardMilliseconds()))
        .toList();
  }

  private static double median(List<Long> times) {
    long[] sorted = times.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2] / 1e6;
  }
}
