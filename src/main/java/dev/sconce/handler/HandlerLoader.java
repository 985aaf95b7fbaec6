package dev.sconce.handler;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Finds the handler of a name: one of the built-in ones, or a class in the jars of the model's own
 * archive.
 *
 * <p>Safe from any thread. No class is looked for anywhere else, so a request can name none of the
 * server's own or of the JDK's.
 */
public final class HandlerLoader {
  private static final String CLASS = ".class";

  /** Classes of a jar that are loaded for a message. */
  private static final int MOST_LOOKED_AT = 1000;

  private final Map<String, Supplier<Handler<?, ?>>> builtIn;

  /** A loader that knows the given handlers by name. */
  public HandlerLoader(Map<String, Supplier<Handler<?, ?>>> builtIn) {
    this.builtIn = Map.copyOf(builtIn);
  }

  /** The names of the built-in handlers, for messages: {@code image_classifier, twin}. */
  public String builtInNames() {
    return String.join(", ", new TreeSet<>(builtIn.keySet()));
  }

  /** The names of the built-in handlers that explain, for messages. */
  public String explainingNames() {
    return builtIn.entrySet().stream()
        .filter(entry -> explains(entry.getValue()))
        .map(Map.Entry::getKey)
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** Not closed: a handler that was never initialized has nothing to give back. */
  private static boolean explains(Supplier<Handler<?, ?>> maker) {
    return maker.get().explains();
  }

  /** The jar's own code, so anything may come of it. */
  private static boolean ownExplains(String name, Supplier<Handler<?, ?>> maker) {
    Handler<?, ?> handler = maker.get();
    try {
      return handler.explains();
    } catch (RuntimeException | LinkageError e) {
      throw new ServingException(ErrorCode.INVALID_MODEL, name + ": explains failed: " + e, e);
    }
  }

  /**
   * Where handlers of one model come from. Close it when none of them is in use any more.
   *
   * @param name the handler's name or class
   * @param maker makes one handler
   * @param explains whether these handlers explain
   * @param classes the class loader of the model's own jars, to be closed
   */
  public record Source(
      String name,
      Supplier<Handler<?, ?>> maker,
      boolean explains,
      Optional<HandlerClassLoader> classes)
      implements AutoCloseable {
    @Override
    public void close() {
      classes.ifPresent(HandlerClassLoader::close);
    }
  }

  /**
   * The source of handlers of that name.
   *
   * @param modelDirectory the unpacked archive, whose jars are searched
   * @return empty if no built-in handler and no class in a jar has that name
   * @throws ServingException {@code INVALID_MODEL} if the class is there but is no handler, or a
   *     jar cannot be read
   */
  public Optional<Source> find(String name, Path modelDirectory) {
    @Nullable Supplier<Handler<?, ?>> maker = builtIn.get(name);
    if (maker != null) {
      return Optional.of(new Source(name, maker, explains(maker), Optional.empty()));
    }
    List<Path> jars = jars(modelDirectory);
    jars.forEach(HandlerLoader::classNames);
    if (jars.isEmpty() || !isClassName(name)) {
      return Optional.empty();
    }
    HandlerClassLoader classes = new HandlerClassLoader(urls(jars));
    boolean used = false;
    try {
      Optional<Class<?>> found = classes.findOwn(name);
      Optional<Source> source =
          found
              .map(HandlerLoader::maker)
              .map(own -> new Source(name, own, ownExplains(name, own), Optional.of(classes)));
      used = source.isPresent();
      return source;
    } finally {
      if (!used) {
        classes.close();
      }
    }
  }

  /** Whether a built-in handler has that name. */
  public boolean isBuiltIn(String name) {
    return builtIn.containsKey(name);
  }

  /**
   * Whether a jar of a model has a class of that name. No class is loaded.
   *
   * @throws ServingException {@code INVALID_MODEL} if a jar cannot be read
   */
  public boolean jarsHold(String name, Path modelDirectory) {
    return jars(modelDirectory).stream().anyMatch(jar -> classNames(jar).contains(name));
  }

  private static boolean isClassName(String name) {
    return Stream.of(name.split("\\.", -1))
        .allMatch(
            part -> !part.isEmpty() && part.chars().allMatch(Character::isJavaIdentifierPart));
  }

  /**
   * The handlers in the jars of a model, for messages: {@code com.example.Own, com.example.Two}.
   *
   * @return empty if there are no jars
   * @throws ServingException {@code INVALID_MODEL} if a jar cannot be read
   */
  public Optional<String> namesInJars(Path modelDirectory) {
    List<Path> jars = jars(modelDirectory);
    if (jars.isEmpty()) {
      return Optional.empty();
    }
    try (HandlerClassLoader classes = new HandlerClassLoader(urls(jars))) {
      List<String> handlers =
          jars.stream()
              .flatMap(jar -> classNames(jar).stream().limit(MOST_LOOKED_AT))
              .filter(name -> isHandler(name, classes))
              .toList();
      return Optional.of(handlers.isEmpty() ? "none" : String.join(", ", handlers));
    }
  }

  private static List<Path> jars(Path modelDirectory) {
    try (Stream<Path> files = Files.list(modelDirectory)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL, "the model's directory cannot be read: " + e.getMessage(), e);
    }
  }

  /** Also a check that they can be read: a class loader passes over a broken jar in silence. */
  private static List<String> classNames(Path jar) {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.endsWith(CLASS) && !name.contains("-"))
          .map(name -> name.substring(0, name.length() - CLASS.length()).replace('/', '.'))
          .toList();
    } catch (IOException e) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          jar.getFileName() + ": " + e.getMessage() + " (expected: a jar file)",
          e);
    }
  }

  private static List<URL> urls(List<Path> jars) {
    return jars.stream().map(HandlerLoader::url).toList();
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e); // a file has a URL
    }
  }

  private static boolean isHandler(String name, HandlerClassLoader classes) {
    try {
      return classes.findOwn(name).filter(HandlerLoader::isHandler).isPresent();
    } catch (ServingException e) {
      return false; // one whose own libraries are not there
    }
  }

  private static boolean isHandler(Class<?> type) {
    return Handler.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers());
  }

  private static Supplier<Handler<?, ?>> maker(Class<?> type) {
    if (!isHandler(type)) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          type.getName()
              + ": not a handler (expected: a class that implements "
              + Handler.class.getName()
              + ")");
    }
    return () -> {
      try {
        return (Handler<?, ?>) type.getConstructor().newInstance();
      } catch (InvocationTargetException e) {
        throw new ServingException(
            ErrorCode.INVALID_MODEL,
            type.getName() + ": its constructor failed: " + e.getCause(),
            e);
      } catch (ReflectiveOperationException e) {
        throw new ServingException(
            ErrorCode.INVALID_MODEL,
            type.getName()
                + ": cannot be made (expected: a public class with a public constructor without arguments)",
            e);
      } catch (LinkageError e) {
        throw new ServingException(
            ErrorCode.INVALID_MODEL, type.getName() + ": the class cannot be loaded: " + e, e);
      }
    };
  }
}
