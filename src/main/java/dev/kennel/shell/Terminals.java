package dev.kennel.shell;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.terminal.impl.exec.ExecTerminalProvider;
import org.jline.terminal.spi.SystemStream;

/** The terminal of this process, if it has one. */
public final class Terminals {

  private static final ExecTerminalProvider PROVIDER = new ExecTerminalProvider();

  private Terminals() {}

  /** Whether a person can type. */
  public static boolean isInput() {
    return PROVIDER.isSystemStream(SystemStream.Input);
  }

  /** Whether a person looks at standard output. */
  public static boolean isOutput() {
    return PROVIDER.isSystemStream(SystemStream.Output);
  }

  /** Opens it, to be closed by the caller. */
  public static Terminal open() throws IOException {
    String type = System.getenv().getOrDefault("TERM", Terminal.TYPE_DUMB);
    // Not by TerminalBuilder: it looks for the provider by a name that the shaded jar has not.
    return PROVIDER.sysTerminal(
        "kennel",
        type,
        false,
        StandardCharsets.UTF_8,
        StandardCharsets.UTF_8,
        StandardCharsets.UTF_8,
        true,
        SignalHandler.SIG_DFL,
        false,
        SystemStream.Output);
  }

  /** The columns of the terminal that standard output is; empty if it is none. */
  public static OptionalInt width() {
    if (!isOutput()) {
      return OptionalInt.empty();
    }
    try {
      // Standard input may be a file; this is the terminal in any case.
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String[] size =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .strip()
              .split(" ");
      int columns = size.length == 2 ? Integer.parseInt(size[1]) : 0;
      return columns > 0 ? OptionalInt.of(columns) : OptionalInt.empty();
    } catch (IOException | NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /** Where what is typed is kept from one time to the next. */
  public static Path history() {
    String state = System.getenv().getOrDefault("XDG_STATE_HOME", "");
    String home = System.getenv().getOrDefault("HOME", System.getProperty("user.home"));
    return state.isEmpty() ? Path.of(home, ".kennel_history") : Path.of(state, "kennel", "history");
  }
}
