package dev.kennel.training;

import dev.kennel.onednn.Arithmetic;
import java.util.Map;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Prepares each executor before its first task: ND4J's native binary is chosen by the executor's
 * own processor, which need not be the driver's.
 */
public final class ArithmeticPlugin implements SparkPlugin {
  @Override
  public DriverPlugin driverPlugin() {
    return null; // Spark's word for none; the driver's main method prepares itself
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void init(PluginContext context, Map<String, String> extraConf) {
        Arithmetic.chooseBinary();
      }
    };
  }
}
