package dev.kennel.cli;

import dev.kennel.onednn.Arithmetic;
import dev.kennel.training.ArithmeticPlugin;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Starts Spark for a command. Master and resources come from spark-submit. */
final class SparkSessions {
  private SparkSessions() {}

  /** A session whose executors are ready to train. */
  static SparkSession forTraining() {
    Arithmetic.chooseBinary();
    SparkConf conf = new SparkConf();
    String plugins = conf.get("spark.plugins", "");
    String ours = ArithmeticPlugin.class.getName();
    conf.set("spark.plugins", plugins.isEmpty() ? ours : plugins + "," + ours);
    // What is broadcast and shuffled is parameters and pixels, which compression makes no smaller.
    conf.setIfMissing("spark.broadcast.compress", "false");
    conf.setIfMissing("spark.shuffle.compress", "false");
    return session(conf);
  }

  /** A session for reading tables. */
  static SparkSession forQueries() {
    return session(new SparkConf());
  }

  private static SparkSession session(SparkConf conf) {
    return SparkSession.builder().config(conf).appName("Kennel").getOrCreate();
  }
}
