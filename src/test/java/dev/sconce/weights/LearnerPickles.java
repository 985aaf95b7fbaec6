package dev.sconce.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** Puts pickles of learners together, a character a byte, and reads them. */
abstract class LearnerPickles {
  static final String TENSOR = tensor(3);
  static final String WEIGHT = module("_parameters", "weight", TENSOR);

  @TempDir Path folder;

  /** A storage has three elements, 0.25, 0.5 and 1. */
  static String tensor(int elements) {
    String storage = "(U\u0007storagectorch\nFloatStorage\nU\u00010U\u0003cpuK\u0003tQ";
    return "ctorch._utils\n_rebuild_tensor_v2\n("
        + storage
        + "K\u0000K%c\u0085K\u0001\u0085\u0089NtR".formatted(elements);
  }

  static String text(String text) {
    ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    length.putInt(text.length());
    return "X" + new String(length.array(), StandardCharsets.ISO_8859_1) + text;
  }

  /** Keys, each before its value, which is a piece of a pickle. */
  static String dict(String... keysAndValues) {
    StringBuilder pickle = new StringBuilder("}(");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      pickle.append(text(keysAndValues[i])).append(keysAndValues[i + 1]);
    }
    return pickle.append("u").toString();
  }

  static String object(String module, String name, String... state) {
    return "c" + module + "\n" + name + "\n)\u0081" + dict(state) + "b";
  }

  static String module(String dictionary, String name, String value) {
    return object("torch.nn", "Module", dictionary, dict(name, value));
  }

  static String learner(String... state) {
    return object("fastai.learner", "Learner", state);
  }

  Optional<Learner> read(String pickle) throws IOException {
    ByteBuffer storage = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    storage.putFloat(0.25f).putFloat(0.5f).putFloat(1f);
    byte[] zip =
        new ZipBuilder()
            .stored(
                "a/data.pkl", ("\u0080\u0002" + pickle + ".").getBytes(StandardCharsets.ISO_8859_1))
            .stored("a/data/0", storage.array())
            .build();
    return Learner.find(Files.write(folder.resolve("export.pkl"), zip));
  }

  void assertRefused(String pickle, String message) {
    assertThatThrownBy(() -> read(pickle))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessageStartingWith("export.pkl: " + message);
  }
}
