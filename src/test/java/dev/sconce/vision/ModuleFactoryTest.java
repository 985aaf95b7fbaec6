package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.torch.ScriptFile;
import dev.sconce.torch.TestDevice;
import dev.sconce.torch.TorchModule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a network in lower precision says beside the same one in fp32. */
class ModuleFactoryTest {
  private static final Shape REQUEST = new Shape(1, 8, 8, 3);

  /** More than any machine can address. */
  private static final String TOO_LARGE =
      "y = torch.expand(x, [1099511627776, 8, 8, 3])\nreturn torch.add(y, 1)";

  @TempDir Path directory;

  private TorchModule module(String body) throws IOException {
    Path file = ScriptFile.write(directory.resolve("m.pt"), body);
    return TestDevice.engine().load(file, TestDevice.get());
  }

  private Optional<Map<String, Object>> compared(ModuleFactory.Reference reference)
      throws IOException {
    try (TorchModule served = module("return x")) {
      return ModuleFactory.compare(served, reference, "a network", REQUEST);
    }
  }

  @Test
  void itIsComparedIfBothCompute() throws IOException {
    assertThat(compared(() -> module("return torch.add(x, 1)")))
        .hasValueSatisfying(
            agreement ->
                assertThat(agreement).containsKeys("madeUpRequests", "largestLogitDifference"));
  }

  @Test
  void withoutRoomForWhatItIsComparedWithItServesAllTheSame() throws IOException {
    assertThat(
            compared(
                () -> {
                  throw new ServingException(ErrorCode.OUT_OF_MEMORY, "out of memory");
                }))
        .isEmpty();
  }

  @Test
  void withoutRoomForTheComparisonItServesAllTheSame() throws IOException {
    try (TorchModule tooLarge = module(TOO_LARGE)) {
      assertThatThrownBy(
              () -> tooLarge.compute(s -> tooLarge.run("forward", s, s.ones(REQUEST)).size()))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY));
    }
    assertThat(compared(() -> module(TOO_LARGE))).isEmpty();
  }

  @Test
  void picturesThatTheNetworkCannotTakeCostTheComparisonOnly() throws IOException {
    assertThat(compared(() -> module("return torch.view(x, [7])"))).isEmpty();
  }
}
