package dev.kennel.cli;

import dev.kennel.onednn.Arithmetic;
import dev.kennel.training.ArithmeticPlugin;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;

/** Starts Spark for a command. Master and resources come from spark-submit. */
final class SparkSessions {
  private static final long LEAST = 64L << 20; // bytes

  private SparkSessions() {}

  /**
   * A session whose executors are ready to train a network of that many bytes of parameters. What
   * Spark may count as off-heap memory is what a worker needs; on YARN and Kubernetes, Spark asks
   * for containers that are larger by it: a replica with the optimizer's state, and at most as much
   * of the averages.
   *
   * @param states numbers that are kept for each parameter from step to step
   */
  static SparkSession forTraining(long parameterBytes, int states) {
    Arithmetic.chooseBinary();
    SparkConf conf = new SparkConf();
    String plugins = conf.get("spark.plugins", "");
    String ours = ArithmeticPlugin.class.getName();
    conf.set("spark.plugins", plugins.isEmpty() ? ours : plugins + "," + ours);
    if (!conf.get("spark.master", "").matches("local(\\[.*)?")) {
      conf.setIfMissing("spark.memory.offHeap.enabled", "true");
      conf.setIfMissing(
          "spark.memory.offHeap.size", Math.max(LEAST, 2 * (1 + states) * parameterBytes) + "b");
    }
    // What is shuffled is pixels, which compression makes no smaller.
    conf.setIfMissing("spark.shuffle.compress", "false");
    return session(conf);
  }

  /** A session for reading tables. */
  static SparkSession forQueries() {
    SparkConf conf = new SparkConf();
    conf.setIfMissing("spark.ui.enabled", "false");
    conf.setIfMissing("spark.sql.session.timeZone", "UTC");
    // A task for each folder of hundreds of runs takes longer than the listing itself.
    conf.setIfMissing("spark.sql.sources.parallelPartitionDiscovery.parallelism", "8");
    conf.setIfMissing("spark.sql.debug.maxToStringFields", "1000"); // or it warns of long plans
    SparkSession session = session(conf);
    // A query that fails or is cancelled is told of by its error, once.
    Configurator.setLevel("org.apache.spark.executor.Executor", Level.FATAL);
    Configurator.setLevel("org.apache.spark.scheduler.TaskSetManager", Level.FATAL);
    return session;
  }

  /** What Hadoop's file systems are told, without a session. */
  static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  private static SparkSession session(SparkConf conf) {
    // Spark makes this folder for tables of its own, of which there are none, and would make it
    // here.
    conf.setIfMissing(
        "spark.sql.warehouse.dir",
        Path.of(System.getProperty("java.io.tmpdir"), "kennel-warehouse").toUri().toString());
    return SparkSession.builder().config(conf).appName("Kennel").getOrCreate();
  }
}
