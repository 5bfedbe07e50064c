package dev.kennel.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_sum;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_post_ops;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_scratchpad_mode;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_exec_arg_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_impl_info_str;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reorder_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_scratchpad_mode_user;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_default_flags;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_unimplemented;

import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.dnnl.const_dnnl_op_desc_t;
import org.bytedeco.dnnl.dnnl_binary_desc_t;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * One operation of oneDNN on tensors of fixed sizes, made once and run many times, by one thread at
 * a time. Its scratchpad is lent to it for each run: oneDNN's own would belong to the thread that
 * made it, and Spark moves a worker from thread to thread.
 */
final class Primitive {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final int MOST_ARGUMENTS = 10;

  /** What oneDNN holds for it; a thing of its own, so that it can be freed after the primitive. */
  private static final class Handles implements Runnable {
    private final dnnl_primitive_desc description = new dnnl_primitive_desc();
    private final dnnl_primitive primitive = new dnnl_primitive();
    private final dnnl_stream stream = new dnnl_stream();
    private final dnnl_memory[] memories = new dnnl_memory[MOST_ARGUMENTS];
    private int arguments;

    @Override
    public void run() {
      for (int i = 0; i < arguments; i++) {
        dnnl_memory_destroy(memories[i]);
      }
      dnnl_stream_destroy(stream);
      dnnl_primitive_destroy(primitive);
      dnnl_primitive_desc_destroy(description);
    }
  }

  private final String name;
  private final Handles handles = new Handles();
  private final int[] numbers = new int[MOST_ARGUMENTS];
  private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(MOST_ARGUMENTS);
  private final Address address = new Address();
  private final List<Operand> operands = new ArrayList<>();
  private long scratchpadBytes;
  private BytePointer workspace; // null: none

  private Primitive(String name) {
    this.name = name;
  }

  /** A forward operation. */
  static Primitive of(String name, Pointer operation) {
    return of(name, operation, null, attributes -> {});
  }

  /** A backward operation of a forward one. */
  static Primitive of(String name, Pointer operation, Primitive forward) {
    return of(name, operation, forward, attributes -> {});
  }

  /**
   * An operation.
   *
   * @param name what it does, for errors
   * @param operation an initialized descriptor, such as a {@code dnnl_convolution_desc_t}
   * @param forward that a backward operation belongs to; null for a forward one
   * @param extra sets what else is asked, such as operations on the result
   */
  static Primitive of(
      String name, Pointer operation, Primitive forward, Consumer<dnnl_primitive_attr> extra) {
    Primitive made = new Primitive(name);
    OneDnn.check(made.describe(operation, forward, extra), "make " + name);
    return made.ready();
  }

  /** An operation, if oneDNN has code for it. */
  static Optional<Primitive> ifThereIs(
      String name, Pointer operation, Primitive forward, Consumer<dnnl_primitive_attr> extra) {
    Primitive made = new Primitive(name);
    int status = made.describe(operation, forward, extra);
    if (status == dnnl_unimplemented) {
      return Optional.empty();
    }
    OneDnn.check(status, "make " + name);
    return Optional.of(made.ready());
  }

  private int describe(Pointer operation, Primitive forward, Consumer<dnnl_primitive_attr> extra) {
    dnnl_primitive_attr attributes = attributes();
    try {
      extra.accept(attributes);
      return dnnl_primitive_desc_create(
          handles.description,
          new const_dnnl_op_desc_t(operation),
          attributes,
          OneDnn.engine(),
          forward == null ? null : forward.handles.description);
    } finally {
      dnnl_primitive_attr_destroy(attributes);
    }
  }

  /** Copies a tensor into another order; run it with {@link #run(long, long)}. */
  static Primitive reorder(Layout from, Layout to) {
    return reorder(from, to, attributes -> {});
  }

  /** Adds a tensor to one in another order; run it with {@link #run(long, long)}. */
  static Primitive sum(Layout from, Layout to) {
    return reorder(
        from,
        to,
        attributes -> {
          dnnl_post_ops then = new dnnl_post_ops();
          OneDnn.check(dnnl_post_ops_create(then), "make a sum");
          try {
            OneDnn.check(dnnl_post_ops_append_sum(then, 1), "make a sum");
            OneDnn.check(dnnl_primitive_attr_set_post_ops(attributes, then), "make a sum");
          } finally {
            dnnl_post_ops_destroy(then);
          }
        });
  }

  private static Primitive reorder(Layout from, Layout to, Consumer<dnnl_primitive_attr> extra) {
    Primitive made = new Primitive("reorder");
    dnnl_primitive_attr attributes = attributes();
    try {
      extra.accept(attributes);
      OneDnn.check(
          dnnl_reorder_primitive_desc_create(
              made.handles.description,
              from.descriptor(),
              OneDnn.engine(),
              to.descriptor(),
              OneDnn.engine(),
              attributes),
          "make a reorder");
    } finally {
      dnnl_primitive_attr_destroy(attributes);
    }
    return made.ready();
  }

  /**
   * Adds two tensors; run it with their places as {@code DNNL_ARG_SRC_0} and {@code
   * DNNL_ARG_SRC_1}, and that of the sum, which may be one of them, as {@code DNNL_ARG_DST}.
   *
   * @param extra sets what else is asked, such as operations on the sum
   */
  static Primitive addition(Layout data, Consumer<dnnl_primitive_attr> extra) {
    dnnl_binary_desc_t description = new dnnl_binary_desc_t();
    OneDnn.check(
        dnnl_binary_desc_init(
            description, dnnl_binary_add, data.descriptor(), data.descriptor(), data.descriptor()),
        "describe an addition");
    return of("addition", description, null, extra);
  }

  private static dnnl_primitive_attr attributes() {
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    OneDnn.check(dnnl_primitive_attr_create(attributes), "make attributes");
    OneDnn.check(
        dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
        "choose the scratchpad");
    return attributes;
  }

  private Primitive ready() {
    OneDnn.check(dnnl_primitive_create(handles.primitive, handles.description), "make " + name);
    OneDnn.check(
        dnnl_stream_create(handles.stream, OneDnn.engine(), dnnl_stream_default_flags),
        "make a stream");
    CLEANER.register(this, handles);
    scratchpadBytes = layout(DNNL_ARG_SCRATCHPAD).bytes();
    return this;
  }

  /**
   * The layout of an argument, which the operation chose where it was left to it; of no bytes where
   * it has no such argument.
   */
  Layout layout(int argument) {
    dnnl_memory_desc_t layout =
        dnnl_primitive_desc_query_md(handles.description, dnnl_query_exec_arg_md, argument);
    return Layout.copyOf(layout);
  }

  /** Gives the backward operation what this one leaves for it, if anything. */
  void leavesWorkspaceFor(Primitive backward) {
    long bytes = layout(DNNL_ARG_WORKSPACE).bytes();
    if (bytes > 0) {
      workspace = Scratch.keep(bytes);
      backward.workspace = workspace;
      place(DNNL_ARG_WORKSPACE, Scratch.aligned(workspace));
      backward.place(DNNL_ARG_WORKSPACE, Scratch.aligned(workspace));
    }
  }

  /** Says how the memory lies that an argument is read from, if not as the operation takes it. */
  Primitive reads(int argument, Layout layout) {
    return takes(argument, true, layout);
  }

  /** Says how the memory lies that an argument is written to, if not as the operation makes it. */
  Primitive writes(int argument, Layout layout) {
    return takes(argument, false, layout);
  }

  private Primitive takes(int argument, boolean isRead, Layout given) {
    Layout wanted = layout(argument);
    if (!wanted.isSameAs(given)) {
      operands.add(new Operand(argument, isRead, given, wanted));
    }
    return this;
  }

  /** Whether oneDNN has only its reference code for it, which is slower by orders of magnitude. */
  boolean isSlow() {
    try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
      OneDnn.check(
          dnnl_primitive_desc_query(handles.description, dnnl_query_impl_info_str, 0, name),
          "ask for the code of " + this.name);
      return name.get(BytePointer.class, 0).getString().startsWith("ref");
    }
  }

  /** Tells where an argument lies for the runs to come. */
  Primitive with(int argument, long bytes) {
    for (Operand operand : operands) {
      if (operand.is(argument)) {
        operand.at(bytes);
        return this;
      }
    }
    place(argument, bytes);
    return this;
  }

  /** Tells where an argument lies that is in the operation's own order. */
  void place(int argument, long bytes) {
    int slot = 0;
    while (slot < handles.arguments && numbers[slot] != argument) {
      slot++;
    }
    if (slot < handles.arguments) {
      OneDnn.check(
          dnnl_memory_set_data_handle(handles.memories[slot], address.at(bytes)),
          "place an argument of " + name);
      return;
    }
    dnnl_memory memory = new dnnl_memory();
    Layout layout = layout(argument);
    if (layout.bytes() == 0) {
      throw new IllegalArgumentException("Cannot run " + name + ": it has no argument " + argument);
    }
    OneDnn.check(
        dnnl_memory_create(memory, layout.descriptor(), OneDnn.engine(), address.at(bytes)),
        "place an argument of " + name);
    numbers[slot] = argument;
    handles.memories[slot] = memory;
    arguments.getPointer(slot).arg(argument).memory(memory);
    handles.arguments++;
  }

  /** Runs it on arguments that all have their places. */
  void run() {
    for (Operand operand : operands) {
      operand.before(this);
    }
    if (scratchpadBytes == 0) {
      execute();
    } else {
      try (Scratch scratchpad = Scratch.take(scratchpadBytes)) {
        place(DNNL_ARG_SCRATCHPAD, scratchpad.address());
        execute();
      }
    }
    for (Operand operand : operands) {
      operand.after();
    }
  }

  /** Runs an operation of one input and one output. */
  void run(long from, long to) {
    with(DNNL_ARG_FROM, from).with(DNNL_ARG_TO, to).run();
  }

  private void execute() {
    OneDnn.check(
        dnnl_primitive_execute(handles.primitive, handles.stream, handles.arguments, arguments),
        "run " + name);
  }
}
