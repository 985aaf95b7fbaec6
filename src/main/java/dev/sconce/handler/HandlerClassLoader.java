package dev.sconce.handler;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Optional;

/**
 * The classes of one model's own jars.
 *
 * <p>They share with the server what a handler is made of: this SPI, the {@code error}, {@code
 * image} and {@code torch} rooms, DJL and SLF4J. Native libraries load in one class loader only, so
 * a handler that infers has to use the server's DJL. Everything else comes from the jars, so that a
 * handler's libraries and the server's never meet.
 */
final class HandlerClassLoader extends URLClassLoader {
  private static final List<String> SHARED =
      List.of(
          "dev.sconce.handler.",
          "dev.sconce.error.",
          "dev.sconce.image.",
          "dev.sconce.torch.",
          "ai.djl.",
          "org.slf4j.");

  private final ClassLoader server;

  HandlerClassLoader(List<URL> jars) {
    super("handler", jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    this.server = HandlerClassLoader.class.getClassLoader();
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    return SHARED.stream().anyMatch(name::startsWith)
        ? server.loadClass(name)
        : super.loadClass(name, resolve);
  }

  /**
   * A class that stands in the jars themselves.
   *
   * @throws ServingException {@code INVALID_MODEL} if it is there and cannot be linked, or may not
   *     be: in a package of the JDK's, or not as its jar's signature has it
   */
  Optional<Class<?>> findOwn(String name) {
    try {
      Class<?> found = loadClass(name, false);
      return found.getClassLoader() == this ? Optional.of(found) : Optional.empty();
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    } catch (LinkageError | SecurityException e) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL, name + ": the class cannot be loaded: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      super.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
