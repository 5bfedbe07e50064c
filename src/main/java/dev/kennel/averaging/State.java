package dev.kennel.averaging;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Where the averaged parameters and momentum of a training are at one moment. The version counts
 * the averages so far, 0 being the start.
 */
interface State extends Serializable {
  long version();

  /**
   * Copies it into a replica.
   *
   * @return bytes that came from another process
   * @throws LostStateException if it is no longer to be had
   */
  long fill(Replica replica, NetworkSource source);

  /** Whether the replicas that were averaged are in it already. */
  default boolean isInReplicas() {
    return false;
  }

  /** The start, which every executor makes for itself from the seed. */
  record Seeded() implements State {
    @Override
    public long version() {
      return 0;
    }

    @Override
    public long fill(Replica replica, NetworkSource source) {
      source.initialize(replica.network());
      return 0;
    }
  }

  /** In the replicas of the only process, where they were averaged. */
  record InReplicas(long version) implements State {
    @Override
    public long fill(Replica replica, NetworkSource source) {
      throw new LostStateException(
          "Cannot go on from average " + version + ": its replicas were changed since");
    }

    @Override
    public boolean isInReplicas() {
      return true;
    }
  }

  /** In files, which every process of the application reads. */
  record InFiles(String folder, SavedState saved, SerializableConfiguration hadoop)
      implements State {
    @Override
    public long version() {
      return saved.version();
    }

    @Override
    public long fill(Replica replica, NetworkSource source) {
      try {
        SliceFiles files = SliceFiles.in(folder, hadoop.value());
        for (int index = 0; index < saved.slices().size(); index++) {
          files.read(saved.slices().get(index), replica.slice(index));
        }
        return 0;
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + folder + ": " + e.getMessage(), e);
      }
    }
  }

  /** In a broadcast of the driver's, slice by slice. */
  record Broadcasted(long version, Broadcast<List<float[]>> slices) implements State {
    @Override
    public long fill(Replica replica, NetworkSource source) {
      List<float[]> values = slices.value();
      for (int index = 0; index < values.size(); index++) {
        replica.floats(index).put(values.get(index));
      }
      return 0;
    }
  }

  /**
   * In slices that the executors share.
   *
   * @param published under which number
   * @param owners a slice's owner is at its index divided by their number, the remainder
   */
  record InSlices(long version, int published, List<BlockManagerId> owners) implements State {
    @Override
    public long fill(Replica replica, NetworkSource source) {
      long received = 0;
      int slices = replica.slicing().count();
      for (int owner = 0; owner < owners.size(); owner++) {
        List<Integer> indexes = Slicing.every(owners.size(), owner, slices);
        try (SliceReader reader =
            new SliceReader(owners.get(owner), published, indexes.iterator())) {
          for (int index : indexes) {
            replica.floats(index).put(Memory.floats(reader.next()));
          }
          received += reader.received();
        }
      }
      return received;
    }
  }
}
