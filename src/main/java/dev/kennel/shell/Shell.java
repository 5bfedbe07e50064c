package dev.kennel.shell;

import dev.kennel.config.UserError;
import dev.kennel.table.TableStore;
import java.io.IOError;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReader.Option;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;

/** A conversation in Spark SQL: reads statements from a terminal until its user leaves. */
public final class Shell {

  private final Terminal terminal;
  private final SqlSession session;
  private final LineReader reader;
  private final String prompt;

  /**
   * A conversation over tables.
   *
   * @param history file that keeps what was typed
   */
  public Shell(Terminal terminal, TableStore tables, Path history) {
    this.terminal = terminal;
    this.session =
        new SqlSession(tables, terminal.writer(), terminal.writer(), () -> width(terminal));
    this.reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .parser(new SqlParser())
            .completer(new Completion(tables.session()))
            .variable(LineReader.HISTORY_FILE, history)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "%P > ")
            // An exclamation mark or a backslash means nothing but itself.
            .option(Option.DISABLE_EVENT_EXPANSION, true)
            .option(Option.CASE_INSENSITIVE, true)
            .option(Option.INSERT_TAB, false)
            .build();
    this.prompt = folderName(tables.output()) + "> ";
  }

  private static OptionalInt width(Terminal terminal) {
    int width = terminal.getWidth();
    return width > 0 ? OptionalInt.of(width) : OptionalInt.empty();
  }

  private static String folderName(String output) {
    return output.replaceFirst("/+$", "").replaceFirst("^.*/(?=.)", "");
  }

  private static Throwable rootCause(Throwable failure) {
    return failure.getCause() == null ? failure : rootCause(failure.getCause());
  }

  /** What runs the statements. */
  public SqlSession session() {
    return session;
  }

  /** Reads and runs until the user leaves. */
  public void run() {
    terminal.handle(Signal.INT, signal -> session.cancel());
    terminal
        .writer()
        .println("Spark SQL over the tables; \\h lists commands, \\d tables, \\q leaves");
    boolean goesOn = true;
    while (goesOn) {
      try {
        goesOn = session.run(reader.readLine(prompt));
      } catch (UserInterruptException e) {
        continue; // what was typed is forgotten
      } catch (EndOfFileException | IOError e) { // the latter where the terminal was closed
        goesOn = false;
      } catch (UserError e) {
        session.say(e.getMessage());
      } catch (RuntimeException e) {
        session.say("Cannot go on with this: " + QueryError.message(rootCause(e)));
      }
    }
    session.close();
  }
}
