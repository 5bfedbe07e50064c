package dev.kennel.notebook;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.jshell.execution.LoaderDelegate;
import jdk.jshell.spi.ExecutionControl.ClassBytecodes;
import jdk.jshell.spi.ExecutionControl.ClassInstallException;
import jdk.jshell.spi.ExecutionControl.NotImplementedException;

/**
 * The classes of Java cells. Spark in this process finds them too, if it starts with this as the
 * context class loader; executors in other processes do not.
 */
final class CellLoader extends ClassLoader implements LoaderDelegate {

  private final Map<String, byte[]> classes = new ConcurrentHashMap<>();

  CellLoader(ClassLoader parent) {
    super("cells", parent);
  }

  @Override
  public void load(ClassBytecodes[] compiled) throws ClassInstallException {
    for (ClassBytecodes one : compiled) {
      classes.put(one.name(), one.bytecodes());
    }
    boolean[] loaded = new boolean[compiled.length];
    for (int i = 0; i < compiled.length; i++) {
      try {
        Class.forName(compiled[i].name(), false, this);
        loaded[i] = true;
      } catch (ClassNotFoundException | LinkageError e) {
        throw new ClassInstallException(String.valueOf(e.getMessage()), loaded);
      }
    }
  }

  @Override
  public Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = classes.get(name);
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    Class<?> known = findLoadedClass(name);
    return known != null ? known : defineClass(name, bytes, 0, bytes.length);
  }

  @Override
  public void classesRedefined(ClassBytecodes[] compiled) {
    // The shell asks for new classes under new names instead.
  }

  @Override
  public void addToClasspath(String path) throws NotImplementedException {
    throw new NotImplementedException("The class path is that of the kernel");
  }
}
