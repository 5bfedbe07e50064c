package dev.kennel.averaging;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.buffer.ManagedBuffer;
import org.apache.spark.network.shuffle.BlockFetchingListener;
import org.apache.spark.storage.BlockData;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.StorageUtils;
import org.apache.spark.unsafe.Platform;
import scala.Option;

/**
 * Reads slices that one executor published, one after the other. Those of another process are asked
 * for ahead of their use, so that they travel while the ones before are used.
 */
final class SliceReader implements AutoCloseable {
  private static final int AHEAD = 3;

  private final BlockManager blocks = SparkEnv.get().blockManager();
  private final BlockManagerId owner;
  private final int published;
  private final Iterator<Integer> indexes;
  private final Deque<CompletableFuture<ManagedBuffer>> asked = new ArrayDeque<>();
  private ByteBuffer fetched; // native memory for the slice that is read; null: none yet
  private Runnable release = () -> {};
  private long received;

  /**
   * A reader.
   *
   * @param owner the executor that published them
   * @param published under which number
   * @param indexes of the slices, in the order in which they will be read
   */
  SliceReader(BlockManagerId owner, int published, Iterator<Integer> indexes) {
    this.owner = owner;
    this.published = published;
    this.indexes = indexes;
  }

  /**
   * The next slice, in native memory, until the one after it is asked for.
   *
   * @throws LostStateException if the executor is gone, or has it no more
   */
  ByteBuffer next() {
    release.run();
    release = () -> {};
    return owner.equals(blocks.blockManagerId()) ? here() : there();
  }

  /** Bytes that came from another process. */
  long received() {
    return received;
  }

  private ByteBuffer here() {
    RDDBlockId name = new RDDBlockId(published, indexes.next());
    Option<BlockData> found = blocks.getLocalBytes(name);
    if (found.isEmpty()) {
      throw new LostStateException("Cannot find the slice " + name + " any more");
    }
    BlockData data = found.get();
    release = () -> blocks.releaseLockAndDispose(name, data, Option.empty());
    return data.toByteBuffer();
  }

  private ByteBuffer there() {
    while (asked.size() <= AHEAD && indexes.hasNext()) {
      asked.addLast(ask(new RDDBlockId(published, indexes.next())));
    }
    try {
      ManagedBuffer buffer = asked.removeFirst().get();
      try {
        received += buffer.size();
        return copy(buffer);
      } finally {
        buffer.release();
      }
    } catch (ExecutionException e) {
      throw new LostStateException("Cannot fetch slices from " + owner.hostPort(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LostStateException("Interrupted while slices were fetched", e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read a slice: " + e.getMessage(), e);
    }
  }

  /** Brings the pieces of a message together in native memory; Spark itself would on the heap. */
  private ByteBuffer copy(ManagedBuffer buffer) throws IOException {
    int bytes = Math.toIntExact(buffer.size());
    if (fetched == null || fetched.capacity() < bytes) {
      free();
      fetched = Platform.allocateDirectBuffer(bytes);
    }
    fetched.clear().limit(bytes);
    if (buffer.convertToNetty() instanceof ByteBuf pieces) {
      pieces.getBytes(pieces.readerIndex(), fetched);
      pieces.release();
    } else {
      fetched.put(buffer.nioByteBuffer());
    }
    return fetched.flip();
  }

  private void free() {
    if (fetched != null) {
      StorageUtils.dispose(fetched);
      fetched = null;
    }
  }

  private CompletableFuture<ManagedBuffer> ask(RDDBlockId name) {
    CompletableFuture<ManagedBuffer> answer = new CompletableFuture<>();
    blocks
        .blockStoreClient()
        .fetchBlocks(
            owner.host(),
            owner.port(),
            owner.executorId(),
            new String[] {name.name()},
            new BlockFetchingListener() {
              @Override
              public void onBlockFetchSuccess(String block, ManagedBuffer data) {
                if (!answer.complete(data.retain())) {
                  data.release(); // nobody reads on
                }
              }

              @Override
              public void onBlockFetchFailure(String block, Throwable reason) {
                answer.completeExceptionally(reason);
              }
            },
            null); // in memory, not in a file
    return answer;
  }

  /** Gives back what was asked for and not read. */
  @Override
  public void close() {
    release.run();
    for (CompletableFuture<ManagedBuffer> answer : asked) {
      if (!answer.cancel(false) && !answer.isCompletedExceptionally()) {
        answer.join().release();
      }
    }
    free();
  }
}
