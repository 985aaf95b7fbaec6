package dev.sconce;

import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerFixture;
import dev.sconce.handler.Input;
import dev.sconce.tensor.TensorHandlers;
import dev.sconce.text.TextHandlers;
import dev.sconce.torch.ScriptFile;
import dev.sconce.torch.ScriptLoader;
import dev.sconce.torch.TestDevice;
import dev.sconce.vision.GoldenAnswers;
import dev.sconce.vision.VisionHandlers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A program that lets every built-in handler, gradients, requests and registrations fail many times
 * and prints what that leaves in native memory: see {@link Failures#print}.
 *
 * <p>A program of its own, so that little else goes on in its JVM.
 */
final class FailingCalls {
  private static final Path RESOURCES = Path.of("src/test/resources");

  /** As float16 4 KiB; in any other type libtorch reads the handler's own buffer. */
  private static final int MANY = 2 << 10;

  private final Map<String, Supplier<Handler<?, ?>>> handlers = new HashMap<>();
  private final Path directory;

  private FailingCalls(Path directory) {
    this.directory = directory;
    ScriptLoader scripts = new ScriptLoader(TestDevice.engine());
    handlers.putAll(new VisionHandlers(TestDevice.engine(), 1 << 24).byName());
    handlers.putAll(new TensorHandlers(scripts, TensorHandlers.DEFAULT_ACCEPT).byName());
    handlers.putAll(new TextHandlers(scripts).byName());
  }

  /** Needs one argument, an empty directory. */
  public static void main(String[] arguments) throws Exception {
    FailingCalls calls = new FailingCalls(Path.of(arguments[0]));
    calls.ofPictureHandlers();
    calls.ofTextClassifier();
    calls.ofWrittenNetworks();
    calls.ofBaseHandler();
    calls.ofDefaultHandler();
    new FailingGradients(calls.directory, () -> calls.handler("image_classifier")).run();
    new FailingRequests(calls.directory).run();
    new FailingRegistrations(calls.directory).run();
  }

  private void ofPictureHandlers() throws Exception {
    Input wrong = HandlerFixture.input(Map.of("body", "[[[1.0, 2.0], [3.0, 4.0]]]"));
    failInModule("image_classifier", model("classifier.pt"), wrong);
    failInModule("image_segmenter", model("segmenter.pt"), wrong);
    failInModule("object_detector", model("list_detector.pt"), wrong);
  }

  private Path model(String file) throws IOException {
    return copy(GoldenAnswers.DIRECTORY.resolve(file), file);
  }

  private Path copy(Path source, String name) throws IOException {
    Path model = Files.createTempDirectory(directory, "model");
    Files.copy(source, model.resolve(name));
    return model;
  }

  private void ofBaseHandler() throws Exception {
    Path model = copy(RESOURCES.resolve("envelope/linear.pt"), "linear.pt");
    String many = "0,".repeat(MANY - 1) + "0";
    Map<String, String> parts = Map.of("body", "[" + many + "]", "datatype", "FP16");
    failInModule("base_handler", model, HandlerFixture.input(Map.of("body", "[1.0, 2.0]")));
    failInModule("base_handler", model, HandlerFixture.input(parts));
  }

  /** In the module, and at what it gives, of which a part has been taken already. */
  private void ofDefaultHandler() throws Exception {
    String name = "default_pytorch_inference_handler";
    Path model = copy(RESOURCES.resolve("envelope/linear.pt"), "model.pt");
    failInModule(name, model, HandlerFixture.input(Map.of("body", "[1.0, 2.0]")));
    Path given = Files.createTempDirectory(directory, "model");
    ScriptFile.write(
        given.resolve("model.pt"),
        "x: Tensor) -> Tuple[Dict[str, Tensor], Dict[int, Tensor]]",
        "return ({\"a\": x, \"b\": torch.add(x, 1)}, {1: x})");
    failInModule(name, given, HandlerFixture.input(Map.of("body", "[1.0, 2.0]")));
  }

  private void ofTextClassifier() throws Exception {
    Path model = copy(RESOURCES.resolve("text/vocab_default.pt"), "source_vocab.pt");
    ScriptFile.write(
        model.resolve("model.pt"),
        "text: Tensor,\n    offsets: Tensor) -> Tensor",
        "return torch.reshape(text, [3, 7])");
    failInModule("text_classifier", model, HandlerFixture.input(Map.of("body", "a word")));
  }

  /** Those take pictures of one size only, so that nothing a client sends fails in the network. */
  private void ofWrittenNetworks() throws Exception {
    Path served = RESOURCES.resolve("served");
    byte[] picture = Files.readAllBytes(served.resolve("colour.png"));
    Path cut = Files.write(directory.resolve("cut.png"), Arrays.copyOf(picture, 2000));
    Map<String, Path> parts = Map.of("left", cut, "data", cut);
    failBefore("twin", weights(served.resolve("twin.mar")), HandlerFixture.input(parts));
    failBefore("unet", weights(served.resolve("fastunet.mar")), HandlerFixture.input(parts));
  }

  private Path weights(Path archive) throws IOException {
    Path model = Files.createTempDirectory(directory, "model");
    unpackWeights(archive, model);
    return model;
  }

  /** Copies an archive's state dicts. */
  static void unpackWeights(Path archive, Path target) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
      for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
        if (e.getName().endsWith(".pth")) {
          Files.copy(zip, target.resolve(e.getName()));
        }
      }
    }
  }

  private void failInModule(String name, Path model, Input input) throws Exception {
    failInModule(name, handler(name), model, input);
  }

  private static <P> void failInModule(String name, Handler<P, ?> made, Path model, Input input)
      throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        Handler<P, ?> handler = made) {
      handler.initialize(fixture.context(model, Map.of()));
      List<P> batch = List.of(handler.preprocess(input));
      Failures.print(name, () -> handler.inference(batch));
    }
  }

  private void failBefore(String name, Path model, Input input) throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        Handler<?, ?> handler = handler(name)) {
      handler.initialize(fixture.context(model, Map.of()));
      Failures.print(name, () -> handler.preprocess(input));
    }
  }

  private Handler<?, ?> handler(String name) {
    return Objects.requireNonNull(handlers.get(name), name).get();
  }
}
