package dev.sconce.handler;

import java.nio.file.Path;
import java.util.Optional;

/** Tells from a model's files which built-in handler can serve it. */
@FunctionalInterface
public interface HandlerRecogniser {
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
      return own.handler().isPresent()
          ? own
          : new Recognition(next.recognise(directory).handler(), own.found());
    };
  }

  /**
   * What was found.
   *
   * @param handler the built-in handler that fits, if one does
   * @param found what the files are, for a person who has to choose: {@code encoder.pth (ResNet
   *     encoder), labels.txt}
   */
  record Recognition(Optional<String> handler, String found) {}
}
