package dev.kennel.dataset;

import org.apache.spark.Partitioner;

/** Sends shard i to partition i. */
final class ShardPartitioner extends Partitioner {
  private static final long serialVersionUID = 1;

  private final int shards;

  ShardPartitioner(int shards) {
    this.shards = shards;
  }

  @Override
  public int numPartitions() {
    return shards;
  }

  @Override
  public int getPartition(Object key) {
    return (Integer) key;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ShardPartitioner that && that.shards == shards;
  }

  @Override
  public int hashCode() {
    return shards;
  }
}
