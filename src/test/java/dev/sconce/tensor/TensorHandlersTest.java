package dev.sconce.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.torch.ScriptLoader;
import dev.sconce.torch.TestDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When AWS's handler is chosen, and what it answers by default. */
class TensorHandlersTest {
  private static final ScriptLoader SCRIPTS = new ScriptLoader(TestDevice.engine());

  @TempDir Path directory;

  @Test
  void aTorchScriptFileAloneIsRecognisedAndNothingElse() throws Exception {
    TensorHandlers handlers = new TensorHandlers(SCRIPTS, TensorHandlers.DEFAULT_ACCEPT);
    assertThat(handlers.recognise(directory).handler()).isEmpty();
    Files.writeString(directory.resolve("net.pt"), "no module");
    assertThat(handlers.recognise(directory).handler()).isEmpty();
    Files.copy(Path.of("src/test/resources/handlers/mobilenet.pth"), directory.resolve("net.pth"));
    assertThat(handlers.recognise(directory).handler()).isEmpty();
    Files.copy(AwsCase.DIRECTORY.resolve("scale.pt"), directory.resolve("model.pt"));
    assertThat(handlers.recognise(directory).handler())
        .contains("default_pytorch_inference_handler");
  }

  @ParameterizedTest
  @ValueSource(strings = {"image/png", "", "*/*"})
  void aDefaultThatIsNoFormIsRefused(String accept) {
    assertThatThrownBy(() -> new TensorHandlers(SCRIPTS, accept))
        .isInstanceOfSatisfying(
            ServingException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
        .hasMessageContaining("(expected: application/json, text/csv, application/x-npy)");
  }
}
