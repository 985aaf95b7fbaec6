package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.http.LeakCheck;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What was asked of TorchServe through tokens, CORS and TLS, asked of this server. */
@ExtendWith(LeakCheck.class)
class DoorCapturesTest {
  /** The keys of the captures, and whose they were. */
  private static final Map<String, String> KEYS =
      Map.of("JMae5noU", "inference", "2p3omOdD", "management", "o23Avo98", "API");

  @TempDir private Path directory;

  private HttpResponse<String> replay(RunningServer server, Capture capture, String... keys)
      throws Exception {
    String url = capture.url();
    for (int listener = 0; listener < 3; listener++) {
      url = url.replace("127.0.0.1:908" + listener, "127.0.0.1:" + server.port(listener));
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    for (String header : capture.values("-H")) {
      String value = header.substring(header.indexOf(':') + 1).strip();
      for (int i = 0; i < keys.length; i += 2) {
        value = value.replace(keys[i], keys[i + 1]);
      }
      request.header(header.substring(0, header.indexOf(':')), value);
    }
    if (!capture.values("-F").isEmpty()) {
      MultipartForm form = form(capture.values("-F"));
      request.header("content-type", form.contentType());
      request.POST(BodyPublishers.ofByteArray(form.body()));
    }
    return client().send(request.build(), BodyHandlers.ofString());
  }

  private static MultipartForm form(List<String> fields) throws Exception {
    MultipartForm form = new MultipartForm();
    for (String field : fields) {
      String[] parts = field.split("=");
      if (parts[1].startsWith("@")) {
        Path file = Path.of("sample/pictures", parts[1].contains("c1") ? "cat1.jpg" : "cat2.jpg");
        form.file(parts[0], Files.readAllBytes(file));
      } else {
        form.text(parts[0], parts[1]);
      }
    }
    return form;
  }

  /** Trusts everybody, as {@code curl -k} does. */
  private static HttpClient client() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustingAll()}, new SecureRandom());
    return HttpClient.newBuilder().sslContext(context).build();
  }

  private String[] keys() throws Exception {
    var all = new ObjectMapper().readTree(directory.resolve("key_file.json").toFile());
    return KEYS.entrySet().stream()
        .flatMap(
            key -> List.of(key.getKey(), all.get(key.getValue()).get("key").textValue()).stream())
        .toArray(String[]::new);
  }

  /** The same status and header names; and the same body, unless it tells of the model. */
  private static void assertSame(Capture capture, HttpResponse<String> answer, String... more) {
    assertThat(answer.statusCode()).isEqualTo(capture.status());
    Set<String> expected = new TreeSet<>(capture.headerNames());
    expected.addAll(List.of(more));
    assertThat(new TreeSet<>(answer.headers().map().keySet())).isEqualTo(expected);
    if (capture.body().contains("\"code\"") || capture.body().contains("\"status\": \"H")) {
      assertThat(answer.body()).isEqualTo(capture.body());
    }
  }

  @Test
  void tokensAreAskedForInTorchServesWords() throws Exception {
    try (RunningServer server =
        RunningServer.withArchive(
            directory,
            List.of("siamese=twin.mar"),
            "default_workers_per_model=1",
            "disable_token_authorization=false")) {
      String[] keys = keys();
      for (String name :
          List.of(
              "ping_none",
              "ping_ok",
              "pred_none",
              "pred_bad",
              "pred_malformed",
              "pred_mgmt_key",
              "mgmt_none",
              "mgmt_ok",
              "mgmt_describe_startup",
              "metrics_noauth_needed",
              "refresh_wrongkey",
              "refresh_notype",
              "refresh_badtype",
              "refresh_inference",
              "pred_old_key")) {
        Capture capture = Capture.read("tok_" + name);
        assertSame(capture, replay(server, capture, keys));
      }
      assertThat(keys()).isNotEqualTo(keys);
      Capture renewed = Capture.read("tok_ping_new_key");
      String inference = keys()[List.of(keys()).indexOf("JMae5noU") + 1];
      assertSame(renewed, replay(server, renewed, "PSnjlLQY", inference));
      for (String name : List.of("pred_ok", "invocations_single_startup_model")) {
        Capture prediction = Capture.read("tok_" + name);
        // JSON is labelled as such: the README's table.
        assertSame(prediction, replay(server, prediction, keys()), "content-type");
      }
    }
    assertThat(directory.resolve("key_file.json")).doesNotExist();
  }

  @Test
  void renewalAnswersNothingButALine() throws Exception {
    try (RunningServer server =
        new RunningServer(directory, directory, List.of(), "disable_token_authorization=false")) {
      Capture capture = Capture.read("tok_refresh_inference");
      assertThat(replay(server, capture, keys()).body()).isEqualTo("\n");
    }
  }

  @Test
  void withoutTokensThereIsNothingToRenew() throws Exception {
    try (RunningServer server =
        new RunningServer(directory, directory, List.of(), "disable_token_authorization=true")) {
      assertThat(server.manage("GET", "/token?type=inference").statusCode()).isEqualTo(404);
      assertThat(directory.resolve("key_file.json")).doesNotExist();
    }
  }

  @Test
  void byDefaultCallersOnThisMachineShowNoTokenAndMayRenewOne() throws Exception {
    try (RunningServer server = new RunningServer(directory, directory, List.of())) {
      assertThat(server.manage("GET", "/models").statusCode()).isEqualTo(200);
      assertThat(server.ping().statusCode()).isEqualTo(200);
      Capture wrong = Capture.read("tok_refresh_wrongkey");
      assertSame(wrong, replay(server, wrong, keys()));
      Capture right = Capture.read("tok_refresh_inference");
      assertSame(right, replay(server, right, keys()));
    }
  }

  @Test
  void aForeignPageMayRegisterNothingUnlessCorsNamesIt() throws Exception {
    try (RunningServer server =
        new RunningServer(
            directory, directory, List.of(), "cors_allowed_origin=https://example.com")) {
      assertThat(register(server, "http://evil.example")).isEqualTo(400);
      assertThat(register(server, "https://example.com")).isEqualTo(404);
      assertThat(server.manage("POST", "/models?url=none.mar").statusCode()).isEqualTo(404);
    }
  }

  private static int register(RunningServer server, String origin) throws Exception {
    URI models = URI.create("http://127.0.0.1:" + server.port(1) + "/models?url=none.mar");
    HttpRequest.Builder request = HttpRequest.newBuilder(models).header("Origin", origin);
    return server.send(request.POST(BodyPublishers.noBody()).build()).statusCode();
  }

  @Test
  void corsIsSaidAsTorchServeSaysIt() throws Exception {
    try (RunningServer server =
        new RunningServer(
            directory,
            directory,
            List.of(),
            "cors_allowed_origin=https://example.com",
            "cors_allowed_methods=GET, POST, PUT, OPTIONS",
            "cors_allowed_headers=X-Custom-Header")) {
      Capture capture = Capture.read("cors_ping");
      HttpResponse<String> answer = replay(server, capture);
      assertSame(capture, answer);
      assertThat(answer.headers().allValues("access-control-allow-methods"))
          .containsExactly("GET, POST, PUT, OPTIONS");
    }
  }

  @Test
  void managementOverTlsAnswersAndRefusesPlainHttp() throws Exception {
    try (RunningServer server =
        new RunningServer(
            directory, directory, List.of(), "management_address=https://127.0.0.1:0")) {
      Capture models = Capture.read("https_models");
      HttpResponse<String> answer = replay(server, models);
      assertSame(models, answer);
      assertThat(answer.body()).isEqualTo(models.body());
      Capture plain = Capture.read("https_plain_http_request");
      HttpResponse<String> refusal = replay(server, plain);
      // Every answer has the id: the README's table.
      assertSame(plain, refusal, "x-request-id");
      assertThat(refusal.body()).isEqualTo(plain.body());
      assertThat(server.ping().statusCode()).isEqualTo(200);
    }
  }

  /** A trust manager that checks nothing, not even host names. */
  private static final class TrustingAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
