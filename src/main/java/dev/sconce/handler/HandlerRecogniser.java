package dev.sconce.handler;

import java.nio.file.Path;
import java.util.Optional;

/** Tells from a model's files which built-in handler can serve it. */
@FunctionalInterface
public interface HandlerRecogniser {
  /** For messages: how to say which of several files the model is in. */
  String FILE_IN_MANIFEST =
      "a serializedFile in the manifest, as torch-model-archiver --serialized-file writes it";

  /**
   * Looks at the files of an unpacked archive; reads the weights' keys and shapes, runs nothing.
   *
   * @param modelDirectory only to be read
   */
  Recognition recognise(Path modelDirectory);

  /** This one, and where it knows no handler, {@code next}. */
  default HandlerRecogniser or(HandlerRecogniser next) {
    return directory -> {
      Recognition own = recognise(directory);
      if (own.handler().isPresent()) {
        return own;
      }
      Recognition others = next.recognise(directory);
      return new Recognition(others.handler(), own.found(), own.expected().or(others::expected));
    };
  }

  /**
   * What was found.
   *
   * @param handler the built-in handler that fits, if one does
   * @param found what the files are, for a person who has to choose: {@code encoder.pth (ResNet
   *     encoder), labels.txt}
   * @param expected what that person has to do, if to name a handler is not enough
   */
  record Recognition(Optional<String> handler, String found, Optional<String> expected) {
    /** One after which to name a handler is enough. */
    public Recognition(Optional<String> handler, String found) {
      this(handler, found, Optional.empty());
    }
  }
}
