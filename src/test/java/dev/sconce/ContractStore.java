package dev.sconce;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.json.PythonJson;
import dev.sconce.vision.GoldenAnswers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipInputStream;

/**
 * The models that TorchServe had when it was captured, small ones with the same names, handlers and
 * answers' shapes; and the files that were sent to them.
 */
final class ContractStore {
  private static final Path PICTURE = Path.of("sample/pictures/cat1.jpg");
  private static final String[] TEN_CLASSES = {
    "cls0", "cls1", "cls2", "cls3", "cls4", "cls5", "cls6", "cls7", "cls8", "cls9"
  };

  private final Path store;

  private ContractStore(Path store) {
    this.store = store;
  }

  /** Fills {@code directory}. */
  static void fill(Path directory) throws Exception {
    ContractStore models = new ContractStore(directory);
    models.echoing("echo.mar", "echo", "1.0", "Echo");
    models.echoing("echo_batch.mar", "echo_batch", "1.0", "Echo");
    models.write(
        "echo_batch.mar/model-config.yaml",
        """
        minWorkers: 1
        maxWorkers: 2
        batchSize: 4
        maxBatchDelay: 200
        responseTimeout: 30
        jobQueueSize: 5
        """);
    models.echoing("echo_ct.mar", "echo_ct", "1.0", "Echo");
    models.write("echo_ct.mar/model-config.yaml", "clientTimeoutInMills: 300");
    models.echoing("noop_v1.0.mar", "noop", "1.0", "Echo");
    models.echoing("noop_v2.0.mar", "noop", "2.0", "Echo");
    models.echoing("stream.mar", "stream", "1.0", "Pieces");
    models.echoing("badinit.mar", "badinit", "1.0", "BadInit");
    models.echoing("linear_describe.mar", "linear_describe", "1.0", "Linear");
    models.echoing("noarch", "noarch", "3.1", "Linear");
    models.twin();
    models.pictures();
    models.numbersAndTexts();
  }

  private void manifest(String url, String name, String version, String handler, String file)
      throws IOException {
    String json =
        "{\"runtime\": \"python\", \"model\": {\"modelName\": \"%s\", \"modelVersion\": \"%s\","
            + " \"handler\": \"%s\"%s}}";
    String serialized = file.isEmpty() ? "" : ", \"serializedFile\": \"" + file + "\"";
    write(url + "/MAR-INF/MANIFEST.json", json.formatted(name, version, handler, serialized));
  }

  private void write(String file, String text) throws IOException {
    Path path = store.resolve(file);
    Files.createDirectories(Objects.requireNonNull(path.getParent()));
    Files.writeString(path, text);
  }

  /** A model with a handler of {@code com.example} and what it needs. */
  private void echoing(String url, String name, String version, String handler) throws Exception {
    manifest(url, name, version, "com.example." + handler, "");
    Path jar = store.resolve(url).resolve("handler.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String file : List.of("Echo", "Echo$Seen", "BadInit", "Linear", "Pieces")) {
        String entry = "com/example/" + file + ".class";
        out.putNextEntry(new JarEntry(entry));
        try (InputStream code =
            Objects.requireNonNull(ContractStore.class.getResourceAsStream("/" + entry))) {
          code.transferTo(out);
        }
      }
    }
    for (Class<?> used : List.of(ObjectMapper.class, JsonFactory.class, JsonCreator.class)) {
      Path library = Path.of(used.getProtectionDomain().getCodeSource().getLocation().toURI());
      Files.copy(library, store.resolve(url).resolve(used.getSimpleName() + ".jar"));
    }
  }

  private void twin() throws IOException {
    try (ZipInputStream zip =
        new ZipInputStream(Files.newInputStream(GoldenPairs.SERVED.resolve("twin.mar")))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = store.resolve("siamese.mar").resolve(entry.getName());
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.copy(zip, file);
      }
    }
    manifest("siamese.mar", "siamese", "1.0", "siamese_handler.py", "");
  }

  private void pictures() throws IOException {
    for (String name : List.of("resnet18", "resnet18_eager", "resnet18_named", "vgg11")) {
      picture(name + ".mar", name, "1.0", "image_classifier", "classifier.pt");
    }
    picture("vgg11.tar.gz", "vgg11", "2.0", "image_classifier", "classifier.pt");
    picture("tinydet.mar", "tinydet", "1.0", "object_detector", "detector.pt");
    picture("tinyseg.mar", "tinyseg", "1.0", "image_segmenter", "segmenter.pt");
    String names = new String(PythonJson.bytes(tenClasses()), StandardCharsets.UTF_8);
    for (String url : List.of("vgg11.mar", "resnet18_eager.mar", "resnet18_named.mar")) {
      write(url + "/index_to_name.json", names);
    }
  }

  private void picture(String url, String name, String version, String handler, String file)
      throws IOException {
    manifest(url, name, version, handler, file);
    Files.copy(GoldenAnswers.DIRECTORY.resolve(file), store.resolve(url).resolve(file));
  }

  private void numbersAndTexts() throws IOException {
    manifest("linear.mar", "linear", "1.0", "base_handler", "linear.pt");
    Files.copy(
        Path.of("src/test/resources/envelope/linear.pt"), store.resolve("linear.mar/linear.pt"));
    manifest("tinytext.mar", "tinytext", "1.0", "text_classifier", "model.pt");
    Path text = Path.of("src/test/resources/text");
    Path model = store.resolve("tinytext.mar");
    Files.copy(text.resolve("model.pt"), model.resolve("model.pt"));
    Files.copy(text.resolve("vocab_default.pt"), model.resolve("source_vocab.pt"));
    Files.copy(text.resolve("index_to_name.json"), model.resolve("index_to_name.json"));
  }

  private static Map<String, String> tenClasses() {
    Map<String, String> names = new TreeMap<>();
    for (int i = 0; i < TEN_CLASSES.length; i++) {
      names.put("" + i, TEN_CLASSES[i]);
    }
    return names;
  }

  /** A file of the captures, or one of its kind. */
  static byte[] sent(String name) throws IOException {
    String base64 = Base64.getEncoder().encodeToString(Files.readAllBytes(PICTURE));
    return switch (name) {
      case "handlers/stream_handler.py" -> python();
      case "models/index_to_name_10.json" -> PythonJson.oneLine(tenClasses());
      case "run/big.bin" -> new byte[7_000_000];
      case "run/kit.b64" -> ascii(base64);
      case "run/kit_str.json" -> ascii("\"" + base64 + "\"");
      case "run/kit_data.json" -> ascii("{\"data\": \"" + base64 + "\"}");
      case "run/kit_kf1.json" -> ascii("{\"instances\": [{\"data\": \"" + base64 + "\"}]}");
      case "run/kit_json_env.json" -> ascii("{\"instances\": [{\"b64\": \"" + base64 + "\"}]}");
      default -> Files.readAllBytes(picture(name));
    };
  }

  private static Path picture(String name) {
    return switch (name) {
      case "src/examples/image_classifier/kitten.jpg", "sample/c1.jpg" -> PICTURE;
      case "sample/c2.jpg" -> PICTURE.resolveSibling("cat2.jpg");
      case "sample/c3.jpg" -> PICTURE.resolveSibling("boat1.jpg");
      case "sample/c4.jpg" -> PICTURE.resolveSibling("boat2-progressive.jpg");
      case "golden/images/gray.png", "golden/images/rgba.png" ->
          PICTURE.resolveSibling("fish2.png");
      default -> throw new IllegalArgumentException("no file stands in for " + name);
    };
  }

  /** As long as the file that was sent, with the same beginning. */
  private static byte[] python() {
    String begin = "from ts.handler_utils.utils import send\n";
    return ascii(begin + "#".repeat(375 - begin.length()));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
