package dev.kennel;

import org.apache.spark.sql.SparkSession;

/** The Spark session that the tests of one JVM share: two threads of this machine, no UI. */
public final class LocalSpark {

  private static final SparkSession SESSION =
      SparkSession.builder()
          .master("local[2]")
          .appName("kennel-tests")
          .config("spark.ui.enabled", false)
          .config("spark.driver.bindAddress", "127.0.0.1")
          .config("spark.driver.host", "127.0.0.1")
          .config("spark.memory.offHeap.enabled", true) // as on a cluster, for slices
          .config("spark.memory.offHeap.size", "64m")
          .config("spark.sql.shuffle.partitions", 2)
          .config("spark.sql.session.timeZone", "UTC")
          .config("spark.sql.warehouse.dir", "target/spark-warehouse")
          .getOrCreate();

  static {
    SESSION.sparkContext().setLogLevel("WARN");
  }

  private LocalSpark() {}

  public static SparkSession session() {
    return SESSION;
  }
}
