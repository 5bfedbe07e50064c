package dev.kennel.averaging;

import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A value that driver and tasks of one process share: Spark serializes its number in place of it.
 * In local mode, that is; a broadcast or a task's result would be turned to bytes and back.
 */
public final class InProcess<T> implements Serializable {
  private static final long serialVersionUID = 1;
  private static final Map<Long, Object> VALUES = new ConcurrentHashMap<>();
  private static final AtomicLong LAST = new AtomicLong();

  private final long number = LAST.incrementAndGet();

  private InProcess() {}

  /** Keeps a value until it is taken. */
  public static <T> InProcess<T> of(T value) {
    InProcess<T> held = new InProcess<>();
    VALUES.put(held.number, value);
    return held;
  }

  /**
   * The value, which stays.
   *
   * @throws IllegalStateException in another process, or after it was taken
   */
  public T value() {
    return checked(VALUES.get(number));
  }

  /** The value, for the last time. */
  public T take() {
    return checked(VALUES.remove(number));
  }

  @SuppressWarnings("unchecked") // only of() puts it there
  private T checked(Object value) {
    if (value == null) {
      throw new IllegalStateException("Value " + number + " is not held in this process");
    }
    return (T) value;
  }
}
