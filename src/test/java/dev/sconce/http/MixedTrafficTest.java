package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Good, bad, slow and vanishing clients at once: the good ones get their own right answers. */
@ExtendWith(LeakCheck.class)
class MixedTrafficTest {
  private static final int CLIENTS = 8;
  private static final int ROUNDS = 50;
  private static final String BOUNDARY = "0123456789abcdef0123456789abcdef";

  private final ExecutorService workers = Executors.newFixedThreadPool(3);

  /** One way of using, or misusing, the server; fails if a good request got a wrong answer. */
  private interface Behaviour {
    void run(TestServer server, Random random) throws Exception;
  }

  /** A request and the answer it must get. */
  private record Case(String request, String answer) {}

  private static final List<Behaviour> BEHAVIOURS =
      List.of(
          MixedTrafficTest::good,
          MixedTrafficTest::good,
          MixedTrafficTest::sentAhead,
          MixedTrafficTest::trickling,
          MixedTrafficTest::truncatedForm,
          MixedTrafficTest::notHttp,
          MixedTrafficTest::cutOffInTheBody,
          MixedTrafficTest::goneBeforeTheAnswer,
          MixedTrafficTest::tooLarge,
          MixedTrafficTest::streamed);

  private Endpoint endpoint() {
    return request ->
        request.path().equals("/stream")
            ? CompletableFuture.completedFuture(stream())
            : CompletableFuture.supplyAsync(
                () -> Response.of(200, "text/plain", described(request.body())), workers);
  }

  private static String described(Body body) {
    if (!(body instanceof Body.Form form)) {
      return body.toString();
    }
    return form.fields().entrySet().stream()
        .map(field -> field.getKey() + "=" + field.getValue().content().hashCode())
        .collect(Collectors.joining("&"));
  }

  private Response stream() {
    SubmissionPublisher<ByteBuffer> pieces = new SubmissionPublisher<>(workers, 64);
    return new Response(
        200,
        Headers.NONE,
        new Response.Stream(
            subscriber -> {
              pieces.subscribe(subscriber);
              for (int i = 0; i < 50; i++) {
                pieces.submit(ByteBuffer.wrap(new byte[1000]));
              }
              pieces.close();
            }));
  }

  private static Case randomCase(Random random) {
    Map<String, byte[]> parts = Map.of("left", random(random), "right", random(random));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    List<String> answer = new ArrayList<>();
    parts.forEach(
        (name, content) -> {
          body.writeBytes(
              ascii(
                  "--"
                      + BOUNDARY
                      + "\r\nContent-Disposition: form-data; name=\""
                      + name
                      + "\"; filename=\""
                      + name
                      + "\"\r\n\r\n"));
          body.writeBytes(content);
          body.writeBytes(ascii("\r\n"));
          answer.add(name + "=" + ByteBuffer.wrap(content).hashCode());
        });
    body.writeBytes(ascii("--" + BOUNDARY + "--\r\n"));
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head(body.size()));
    request.writeBytes(body.toByteArray());
    return new Case(request.toString(StandardCharsets.ISO_8859_1), String.join("&", answer));
  }

  private static byte[] head(int length) {
    return ascii(
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary="
            + BOUNDARY
            + "\r\nContent-Length: "
            + length
            + "\r\n\r\n");
  }

  private static byte[] random(Random random) {
    byte[] content = new byte[random.nextInt(random.nextBoolean() ? 1000 : 200_000)];
    random.nextBytes(content);
    return content;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void good(TestServer server, Random random) throws IOException {
    try (RawClient client = server.connect()) {
      for (int i = random.nextInt(3); i >= 0; i--) {
        Case good = randomCase(random);
        assertThat(client.send(good.request()).reply().body()).isEqualTo(good.answer());
      }
    }
  }

  private static void sentAhead(TestServer server, Random random) throws IOException {
    List<Case> cases = List.of(randomCase(random), randomCase(random), randomCase(random));
    try (RawClient client = server.connect()) {
      client.send(cases.stream().map(Case::request).collect(Collectors.joining()));
      for (Case each : cases) {
        assertThat(client.reply().body()).isEqualTo(each.answer());
      }
    }
  }

  private static void trickling(TestServer server, Random random) throws IOException {
    Case slow = randomCase(random);
    String request = slow.request();
    try (RawClient client = server.connect()) {
      for (int at = 0; at < request.length(); ) {
        int to = Math.min(request.length(), at + 1 + random.nextInt(1 + request.length() / 20));
        client.send(request.substring(at, to));
        at = to;
      }
      assertThat(client.reply().body()).isEqualTo(slow.answer());
    }
  }

  private static void truncatedForm(TestServer server, Random random) throws IOException {
    byte[] half = ascii("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"left\"\r\n");
    Case good = randomCase(random);
    try (RawClient client = server.connect()) {
      assertThat(client.send(head(half.length)).send(half).reply().status()).isEqualTo(400);
      assertThat(client.send(good.request()).reply().body()).isEqualTo(good.answer());
    }
  }

  private static void notHttp(TestServer server, Random random) throws IOException {
    try (RawClient client = server.connect()) {
      client.send("\u0016\u0003\u0001" + random.nextInt() + "\r\n\r\n");
      assertThat(client.reply().status()).isEqualTo(400);
    }
  }

  private static void cutOffInTheBody(TestServer server, Random random) throws IOException {
    String request = randomCase(random).request();
    try (RawClient client = server.connect()) {
      client.send(request.substring(0, request.length() / 2));
      client.vanish();
    }
  }

  private static void goneBeforeTheAnswer(TestServer server, Random random) throws IOException {
    try (RawClient client = server.connect()) {
      client.send(randomCase(random).request());
    }
  }

  private static void tooLarge(TestServer server, Random random) throws IOException {
    try (RawClient client = server.connect()) {
      client.send(head(10_000_000)).send("x".repeat(random.nextInt(100_000)));
      assertThat(client.reply().status()).isEqualTo(413);
    }
  }

  private static void streamed(TestServer server, Random random) throws IOException {
    try (RawClient client = server.connect()) {
      client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
      if (random.nextBoolean()) {
        assertThat(client.reply().body()).hasSize(50_000);
      } else {
        assertThat(client.replyWithoutBody().status()).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void goodRequestsGetTheirOwnAnswersWhateverOthersDo(boolean nativeTransport) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    HttpSettings settings = TestServer.oneLoop(nativeTransport);
    try (TestServer server = new TestServer(settings, endpoint())) {
      List<Future<?>> all = new ArrayList<>();
      for (int seed = 0; seed < CLIENTS; seed++) {
        Random random = new Random(seed);
        all.add(clients.submit(() -> behave(server, random)));
      }
      for (Future<?> each : all) {
        each.get();
      }
      good(server, new Random(99));
    } finally {
      clients.shutdown();
      workers.shutdown();
    }
  }

  private static void behave(TestServer server, Random random) {
    for (int round = 0; round < ROUNDS; round++) {
      int choice = random.nextInt(BEHAVIOURS.size());
      try {
        BEHAVIOURS.get(choice).run(server, random);
      } catch (Exception | AssertionError e) {
        throw new AssertionError("behaviour " + choice + " in round " + round, e);
      }
    }
  }
}
