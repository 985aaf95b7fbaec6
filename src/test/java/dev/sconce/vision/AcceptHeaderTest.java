package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptHeaderTest {
  private static final String[] FORMS = {"image/png", "application/x-npy"};

  @ParameterizedTest
  @CsvSource({
    "image/png, image/png",
    "Image/PNG, image/png",
    "' application/x-npy ', application/x-npy",
    "image/png;q=0.5, image/png",
    "image/png; foo=bar, image/png"
  })
  void oneTypeThatIsMadeIsAWish(String accept, String form) throws IOException {
    assertThat(AcceptHeader.wish(VisionFixture.input(Map.of(), Map.of("Accept", accept)), FORMS))
        .contains(form);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*/*",
        "image/*",
        "application/json",
        "image/jpeg",
        "image/png, */*",
        "application/json, image/png",
        "image/png;q=0",
        "image/png; q=0.0",
        "image/png2",
        "nonsense"
      })
  void everythingElseGetsTheDefault(String accept) throws IOException {
    assertThat(AcceptHeader.wish(VisionFixture.input(Map.of(), Map.of("accept", accept)), FORMS))
        .isEmpty();
  }

  @Test
  void withoutTheHeaderTheDefaultIsMeant() throws IOException {
    assertThat(AcceptHeader.wish(VisionFixture.input(Map.of()), FORMS)).isEmpty();
  }
}
