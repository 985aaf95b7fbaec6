package dev.sconce.model;

import dev.sconce.archive.Downloaded;
import dev.sconce.archive.ModelArchive;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.HandlerLoader;
import dev.sconce.handler.HandlerRecogniser;
import dev.sconce.handler.HandlerRecogniser.Recognition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which handler serves a model.
 *
 * @param source makes the handlers
 * @param replaced the handler that the archive names and that cannot be run here
 */
record HandlerChoice(HandlerLoader.Source source, Optional<String> replaced) {

  /**
   * Decides: the register call's handler, else that of {@code model-config.yaml}, else the
   * manifest's if it is built in or a class in the archive's jars, else the server's default, else
   * the one that fits the weights. A Python file is never run, so it is passed over wherever it is
   * named. Classes in jars of a downloaded archive are neither run nor loaded without permission.
   */
  static final class Rule {
    private final HandlerLoader loader;
    private final HandlerRecogniser recogniser;
    private final ModelSettings settings;

    Rule(HandlerLoader loader, HandlerRecogniser recogniser, ModelSettings settings) {
      this.loader = loader;
      this.recogniser = recogniser;
      this.settings = settings;
    }

    /**
     * The choice for one archive.
     *
     * @throws ServingException {@code INVALID_MODEL} if nothing fits, or if a named handler is not
     *     there
     */
    HandlerChoice choose(Registration registration, ModelArchive archive) {
      Optional<String> own = own(archive);
      for (Optional<String> named : List.of(registration.handler(), archive.config().handler())) {
        if (named.isPresent() && !isPython(named.get())) {
          return new HandlerChoice(require(named.get(), archive), own.filter(Rule::isPython));
        }
      }
      Optional<HandlerLoader.Source> runnable =
          archive.manifest().handler().flatMap(name -> find(name, archive));
      if (runnable.isPresent()) {
        return new HandlerChoice(runnable.get(), Optional.empty());
      }
      if (own.isPresent() && settings.strictHandlers()) {
        throw refused(archive, own.get());
      }
      return new HandlerChoice(standIn(archive), own);
    }

    /** What the archive itself says is to serve it. */
    private static Optional<String> own(ModelArchive archive) {
      return archive.manifest().handler().or(archive.config()::handler);
    }

    private HandlerLoader.Source standIn(ModelArchive archive) {
      Optional<String> configured = settings.handler().filter(name -> !isPython(name));
      if (configured.isPresent()) {
        return require(configured.get(), archive);
      }
      Recognition recognition = recogniser.recognise(archive.directory());
      return recognition
          .handler()
          .flatMap(name -> find(name, archive))
          .orElseThrow(() -> nothingFits(archive, recognition));
    }

    private HandlerLoader.Source require(String name, ModelArchive archive) {
      return find(name, archive)
          .orElseThrow(
              () ->
                  new ServingException(
                      ErrorCode.INVALID_MODEL,
                      "handler: %s (expected: one of %s, or a class in a jar of %s; found: %s)"
                          .formatted(name, loader.builtInNames(), archive.url(), inJars(archive))));
    }

    private String inJars(ModelArchive archive) {
      return mayRunJars(archive)
          ? loader.namesInJars(archive.directory()).orElse("no jar")
          : "its jars are not looked into, since it was downloaded";
    }

    private Optional<HandlerLoader.Source> find(String name, ModelArchive archive) {
      if (!loader.isBuiltIn(name)
          && !mayRunJars(archive)
          && loader.jarsHold(name, archive.directory())) {
        throw new ServingException(
            ErrorCode.INVALID_MODEL,
            "handler: %s is a class in a jar of %s, which was downloaded from %s (expected: a built-in handler, one of %s; allow_downloaded_jars=true in the configuration allows others)"
                .formatted(name, archive.url(), origin(archive), loader.builtInNames()));
      }
      return loader.isBuiltIn(name) || mayRunJars(archive)
          ? loader.find(name, archive.directory())
          : Optional.empty();
    }

    private boolean mayRunJars(ModelArchive archive) {
      return settings.downloadedJars() || archive.downloaded().isEmpty();
    }

    private static String origin(ModelArchive archive) {
      return archive.downloaded().map(Downloaded::from).orElse("");
    }

    private ServingException refused(ModelArchive archive, String handler) {
      return new ServingException(
          ErrorCode.INVALID_MODEL,
          "%s: its handler %s cannot be run here, and strict_handlers=true lets no other stand in for it (expected: a register call with handler=, one of %s)"
              .formatted(archive.url(), handler, loader.builtInNames()));
    }

    private ServingException nothingFits(ModelArchive archive, Recognition recognition) {
      List<String> facts = new ArrayList<>();
      own(archive).ifPresent(name -> facts.add("handler " + name + ", which cannot be run here"));
      facts.add(recognition.found());
      if (mayRunJars(archive)) {
        loader.namesInJars(archive.directory()).ifPresent(names -> facts.add("in jars: " + names));
      }
      return new ServingException(
          ErrorCode.INVALID_MODEL,
          "%s: no handler fits; found: %s (expected: %s)"
              .formatted(archive.url(), String.join("; ", facts), expected(archive, recognition)));
    }

    private String expected(ModelArchive archive, Recognition recognition) {
      return recognition
          .expected()
          .filter(unlessTheFileIsNamed -> archive.manifest().serializedFile().isEmpty())
          .orElseGet(
              () ->
                  "handler in model-config.yaml or in a register call, one of "
                      + loader.builtInNames());
    }

    /** {@code handler.py}, or {@code handler.py:function}. */
    private static boolean isPython(String name) {
      return name.endsWith(".py") || name.contains(".py:");
    }
  }
}
