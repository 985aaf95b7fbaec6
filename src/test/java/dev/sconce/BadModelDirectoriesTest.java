package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** A model directory of a container that cannot be served: the log says which file and why. */
class BadModelDirectoriesTest {
  private static final String ENCODER = "siamese/encoder_weight.pth";
  private static final String HEAD = "siamese/head_weight.pth";
  private static final String UNET = "fastunet/fastunet.pth";
  private static final String SCRIPT = "drawings/drawings.pt";

  private final Logger starts = (Logger) LoggerFactory.getLogger(StartupModels.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Path root;
  private final Path model;

  BadModelDirectoriesTest(@TempDir Path root) {
    this.root = root;
    this.model = root.resolve("opt/ml/model");
  }

  @BeforeEach
  void listen() throws IOException {
    Files.createDirectories(model);
    lines.start();
    starts.addAppender(lines);
  }

  @AfterEach
  void end() {
    starts.detachAppender(lines);
  }

  private void copy(String sample, String name) throws IOException {
    Files.copy(Path.of("sample/models", sample), model.resolve(name));
  }

  static List<Arguments> mixtures() {
    return List.of(
        Arguments.of(
            Map.of("a.pt", SCRIPT, "b.pt", SCRIPT),
            List.of(
                "no handler fits; found: a.pt (a TorchScript archive); b.pt (a TorchScript archive)"
                    + " (expected: only one of a.pt, b.pt; or a handler, and a serializedFile in"
                    + " the manifest, as torch-model-archiver --serialized-file writes it)")),
        Arguments.of(
            Map.of("a.pth", ENCODER, "b.pth", HEAD, "c.pth", ENCODER, "d.pth", HEAD),
            List.of(
                "no handler fits", "a.pth (a ResNet encoder); b.pth (a head); c.pth (a ResNet")),
        Arguments.of(
            Map.of("a.pth", ENCODER, "b.pth", HEAD, "model.pt", SCRIPT),
            List.of("could mean several models; found: a.pth", "model.pt (a TorchScript archive)")),
        Arguments.of(
            Map.of("a.pth", ENCODER, "b.pth", HEAD, "c.pth", UNET),
            List.of(
                "could mean several models; found: a.pth",
                "c.pth (a fast.ai U-Net) (expected: those of one; or a handler in model-config.yaml"
                    + " and, if it takes one file, a serializedFile in the manifest, as"
                    + " torch-model-archiver --serialized-file writes it)")));
  }

  @ParameterizedTest
  @MethodSource("mixtures")
  void weightsThatCouldMeanTwoModelsAreNotServed(Map<String, String> files, List<String> reasons)
      throws Exception {
    for (Map.Entry<String, String> file : files.entrySet()) {
      copy(file.getValue(), file.getKey());
    }
    assertNotServed(reasons);
  }

  @Test
  void weightsThatAreDamagedAreNamed() throws Exception {
    Files.writeString(model.resolve("model.pth"), "not what torch.save writes");
    assertNotServed(List.of("model.pth", "begins with"));
  }

  private void assertNotServed(List<String> reasons) throws Exception {
    try (RunningServer server = RunningServer.inContainer(root)) {
      assertThat(server.ping().statusCode()).isEqualTo(500);
      assertThat(server.models()).isEmpty();
    }
    assertThat(lines.list)
        .filteredOn(line -> line.getLevel().toString().equals("ERROR"))
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .startsWith(model + " cannot be served: ")
        .contains(reasons);
  }

  @Test
  void ofSeveralFilesTheManifestsIsServedOnceAHandlerIsNamedToo() throws Exception {
    copy(SCRIPT, "a.pt");
    copy(SCRIPT, "b.pt");
    Files.createDirectory(model.resolve("MAR-INF"));
    Files.writeString(
        model.resolve("MAR-INF/MANIFEST.json"),
        "{\"model\": {\"modelName\": \"model\", \"serializedFile\": \"b.pt\"}}");
    assertNotServed(List.of("(expected: handler in model-config.yaml or in a register call, "));
    Files.writeString(model.resolve("model-config.yaml"), "handler: image_classifier\n");
    try (RunningServer server = RunningServer.inContainer(root)) {
      assertThat(server.ping().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void theHandlerThatIsNamedDecides() throws Exception {
    copy(SCRIPT, "model.pt");
    Files.writeString(model.resolve("model-config.yaml"), "handler: image_classifier\n");
    try (RunningServer server = RunningServer.inContainer(root)) {
      assertThat(server.ping().statusCode()).isEqualTo(200);
      assertThat(server.models())
          .singleElement()
          .extracting(served -> served.key().name())
          .isEqualTo("model");
    }
  }
}
