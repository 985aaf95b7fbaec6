package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that real clients have sent, recorded by {@code scripts/golden/http_bodies.py}. */
@ExtendWith(LeakCheck.class)
class RealClientsBodiesTest {
  private static final Path BODIES = Path.of("src/test/resources/http/bodies");

  private record Expected(String name, String type, Optional<String> file, ByteBuffer content) {}

  static List<String> clients() throws IOException {
    try (Stream<Path> files = Files.list(BODIES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".http"))
          .map(file -> file.replace(".http", ""))
          .sorted()
          .toList();
    }
  }

  @Test
  void everyKindOfClientIsThere() throws IOException {
    assertThat(clients()).hasSizeGreaterThan(15).contains("requests_sagemaker", "curl_form");
  }

  @ParameterizedTest
  @MethodSource("clients")
  void aFormArrivesAsTheClientWasToldToSendIt(String client) throws Exception {
    Request request = receive(Files.readAllBytes(BODIES.resolve(client + ".http")));
    assertThat(request.body()).isInstanceOf(Body.Form.class);
    List<Expected> fields = new ArrayList<>();
    ((Body.Form) request.body())
        .fields()
        .forEach(
            (name, field) ->
                fields.add(
                    new Expected(name, field.contentType(), field.fileName(), field.content())));
    assertThat(fields).containsExactlyElementsOf(expected(client));
  }

  /** The bytes are the same however the network cuts them. */
  @ParameterizedTest
  @MethodSource("clients")
  void aFormThatTricklesInArrivesTheSame(String client) throws Exception {
    byte[] request = Files.readAllBytes(BODIES.resolve(client + ".http"));
    CompletableFuture<Request> seen = new CompletableFuture<>();
    try (TestServer server = new TestServer(keeping(seen));
        RawClient connection = server.connect()) {
      for (byte one : request) {
        connection.send(new byte[] {one});
      }
      assertThat(seen.get().body()).isEqualTo(receive(request).body());
    }
  }

  private static Request receive(byte[] request) throws Exception {
    CompletableFuture<Request> seen = new CompletableFuture<>();
    try (TestServer server = new TestServer(keeping(seen));
        RawClient connection = server.connect()) {
      connection.send(request);
      return seen.get();
    }
  }

  private static Endpoint keeping(CompletableFuture<Request> seen) {
    return request -> {
      seen.complete(request);
      return TestServer.text("ok");
    };
  }

  private static List<Expected> expected(String client) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<Expected> fields = new ArrayList<>();
    for (String line : Files.readAllLines(BODIES.resolve(client + ".fields"))) {
      String[] field = json.readValue(line.getBytes(StandardCharsets.UTF_8), String[].class);
      ByteBuffer content = ByteBuffer.wrap(HexFormat.of().parseHex(field[3]));
      fields.add(new Expected(field[0], field[1], Optional.ofNullable(field[2]), content));
    }
    return fields;
  }
}
