package dev.kennel;

import org.apache.spark.sql.SparkSession;

/** The Spark session that the tests of one JVM share: two threads of this machine, no UI. */
public final class LocalSpark {

  private static SparkSession session; // null: not begun, or ended

  private LocalSpark() {}

  public static synchronized SparkSession session() {
    if (session == null) {
      session = begin();
    }
    return session;
  }

  /**
   * Ends it, as a JVM has one Spark at a time and a test needs another; it begins anew after that.
   */
  public static synchronized void end() {
    if (session != null) {
      session.stop();
      session = null;
    }
  }

  private static SparkSession begin() {
    SparkSession begun =
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
    begun.sparkContext().setLogLevel("WARN");
    return begun;
  }
}
