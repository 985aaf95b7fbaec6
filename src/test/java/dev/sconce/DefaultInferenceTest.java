package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sconce.tensor.AwsCase;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A directory with a TorchScript file and nothing else, over the wire. */
class DefaultInferenceTest {
  @TempDir static Path directory;
  private static RunningServer server;

  @BeforeAll
  static void start() throws Exception {
    Path store = directory.resolve("store");
    bare(store, "scale", "model.pt");
    bare(store, "types", "weights_of_mine.pth");
    bare(store, "named", "net.pt");
    withPython(store);
    server =
        new RunningServer(
            directory,
            store,
            List.of("scale", "types", "named", "python"),
            "default_workers_per_model=1");
  }

  private static Path bare(Path store, String model, String file) throws IOException {
    Path folder = Files.createDirectories(store.resolve(model));
    return Files.copy(AwsCase.DIRECTORY.resolve(model + ".pt"), folder.resolve(file));
  }

  /** As the container's own start packs a model directory, code and all. */
  private static void withPython(Path store) throws IOException {
    Path folder = ModelFolder.make(store, "python", "handler_service.py", "");
    Files.copy(AwsCase.DIRECTORY.resolve("scale.pt"), folder.resolve("model.pt"));
    Files.writeString(folder.resolve("handler_service.py"), "class HandlerService: pass\n");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @TestFactory
  Stream<DynamicTest> answersOnTheWireAreAwsOwn() throws IOException {
    return AwsCase.all().stream()
        .filter(c -> c.defaultAccept().equals("application/json"))
        .filter(c -> List.of("scale.pt", "types.pt", "named.pt").contains(c.model()))
        .map(c -> dynamicTest(c.toString(), () -> check(c)));
  }

  private static void check(AwsCase aws) throws Exception {
    String model = aws.model().replace(".pt", "");
    HttpRequest.Builder request =
        server.inference("/predictions/" + model, aws.contentType(), aws.bodyBytes());
    aws.accept().ifPresent(accept -> request.header("accept", accept));
    HttpResponse<byte[]> answer = server.client().send(request.build(), BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(new String(answer.body(), StandardCharsets.ISO_8859_1)).isEqualTo(aws.answer());
    assertThat(answer.headers().firstValue("content-type")).contains(aws.answerType());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "image/jpeg        | xyz   | content-type: image/jpeg (expected: application/json, text/csv, application/x-npy)",
        "application/json  | [1, [ | body: no JSON at line 1, column 6",
        "text/csv          | a,b   | body, line 1, value 1: a (expected: a number, True or False)",
        "application/x-npy | xyz   | body: no NPY file (expected: one, as numpy.save writes it)"
      })
  void aBodyThatCannotBeReadIsA400SayingWhatIsWrong(String type, String body, String message)
      throws Exception {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    HttpResponse<String> answer = server.send(server.predictRequest("scale", type, bytes));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(RunningServer.json(answer).get("message").asText()).startsWith(message);
  }

  @Test
  void anArchiveWhosePythonIsNotRunIsServedAndItsDescriptionSaysSo() throws Exception {
    byte[] body = "[10]".getBytes(StandardCharsets.UTF_8);
    HttpResponse<String> answer =
        server.send(server.predictRequest("python", "application/json", body));
    assertThat(answer.body()).isEqualTo("[1.0]");
    String description = server.manage("GET", "/models/python?customized=true").body();
    assertThat(description).contains("handler_service.py").contains("\"defaultAccept\"");
  }
}
