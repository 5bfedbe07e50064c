package dev.kennel.onednn;

/**
 * An argument of an operation that lies in another order than the operation computes in: it is
 * copied before the operation if it is read, and after it if it is written.
 */
final class Operand {
  private final int argument;
  private final boolean isRead;
  private final long bytes;
  private final Primitive reorder;
  private long address;
  private Scratch inOrder;

  /**
   * An argument that differs.
   *
   * @param given how it lies
   * @param wanted how the operation takes it
   */
  Operand(int argument, boolean isRead, Layout given, Layout wanted) {
    this.argument = argument;
    this.isRead = isRead;
    bytes = wanted.bytes();
    reorder = isRead ? Primitive.reorder(given, wanted) : Primitive.reorder(wanted, given);
  }

  boolean is(int number) {
    return argument == number;
  }

  void at(long bytes) {
    address = bytes;
  }

  /** Gives the operation the argument as it takes it. */
  void before(Primitive operation) {
    inOrder = Scratch.take(bytes);
    if (isRead) {
      reorder.run(address, inOrder.address());
    }
    operation.place(argument, inOrder.address());
  }

  void after() {
    if (!isRead) {
      reorder.run(inOrder.address(), address);
    }
    inOrder.close();
    inOrder = null;
  }
}
