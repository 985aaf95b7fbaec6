package dev.sconce;

import com.example.Faulty;
import dev.sconce.torch.ScriptFile;
import dev.sconce.vision.GoldenAnswers;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The part of {@link FailingCalls} in which a whole server is asked for models that do not load.
 */
final class FailingRegistrations {
  /** Each takes ten milliseconds or more, and what it must not keep tens of kilobytes. */
  private static final int TIMES = 100;

  private final Path directory;
  private final Path store;

  /** Needs a directory, where it makes others. */
  FailingRegistrations(Path directory) throws IOException {
    this.directory = Files.createTempDirectory(directory, "registrations");
    this.store = Files.createDirectory(this.directory.resolve("store"));
  }

  void run() throws Exception {
    putScripts();
    putWeights();
    ModelFolder.make(store, "throwing_handler", Faulty.class, "fault: initialize");
    Path absent = ModelFolder.make(store, "absent_handler", "com.example.Absent", "");
    ModelFolder.addJar(absent, Faulty.class);
    try (RunningServer server = new RunningServer(directory, store, List.of());
        Stream<Path> models = Files.list(store)) {
      for (Path model : models.sorted().toList()) {
        String name = model.getFileName().toString();
        Failures.print(name, TIMES, () -> register(server, name));
      }
    }
  }

  private void putScripts() throws IOException {
    Path wrong = ModelFolder.make(store, "wrong_script", "base_handler", "");
    ScriptFile.write(wrong.resolve("net.pt"), "return torch.no_such_operator(x)");
    Path cut = ModelFolder.make(store, "cut_script", "base_handler", "");
    byte[] whole = Files.readAllBytes(GoldenAnswers.DIRECTORY.resolve("classifier.pt"));
    Files.write(cut.resolve("net.pt"), Arrays.copyOf(whole, whole.length / 2));
    Path loads =
        ModelFolder.make(store, "loads_but_finds_no_boxes", "object_detector", "centerCrop: 32");
    Files.write(loads.resolve("net.pt"), whole);
  }

  private void putWeights() throws IOException {
    Path misfit = ModelFolder.make(store, "wrong_shapes", "twin", "");
    FailingCalls.unpackWeights(GoldenPairs.SERVED.resolve("twin.mar"), misfit);
    Files.delete(misfit.resolve("head_weight.pth"));
    Files.copy(GoldenPairs.SERVED.resolve("other_head.pth"), misfit.resolve("other_head.pth"));
  }

  private static void register(RunningServer server, String model) throws Exception {
    String query = "?initial_workers=1&synchronous=true&url=" + model;
    HttpResponse<String> answer = server.manage("POST", "/models" + query);
    if (answer.statusCode() != 200) {
      throw new IllegalArgumentException(answer.body());
    }
  }
}
