package dev.sconce.model;

import static dev.sconce.model.ModelsFixture.registration;
import static dev.sconce.model.ModelsFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which models explain. */
class ExplanationTest {
  private static final Map<String, String> EXPLAIN = Map.of("explain", "True");

  @TempDir Path directory;

  @Test
  void aHandlerThatExplainsSeesWhatIsWanted() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(directory.resolve("store"))) {
      fixture.addModel("m", "1.0", "explaining", "");
      fixture.register(registration("m-1.0", 1));

      assertThat(text(fixture.send("m", Optional.empty(), "x", EXPLAIN))).endsWith("explained");
      assertThat(text(fixture.send("m", Optional.empty(), "x"))).endsWith("predicted");
    }
  }

  @Test
  void aHandlerThatDoesNotIsNamedBesideThoseThatDo() throws Exception {
    try (ModelsFixture fixture = new ModelsFixture(directory.resolve("store"))) {
      fixture.addModel("m", "1.0", "echo", "");
      fixture.register(registration("m-1.0", 1));

      assertThatThrownBy(() -> fixture.send("m", Optional.empty(), "x", EXPLAIN))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
          .hasMessage(
              "Model m: its handler echo does not explain (expected: one of explaining, or your own"
                  + " that does)");
    }
  }
}
