package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class RouterTest {
  private static final ErrorRenderer ERRORS = new TestErrors();
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = new TestServer(routes());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Router routes() {
    return Router.builder(ERRORS)
        .any("/predictions/{model}", told("predict"))
        .any("/predictions/{model}/{version}", told("predict"))
        .any("/predictions/{model}/{version}/{rest...}", told("predict"))
        .any("/ping", told("ping"))
        .any("/{model}/predict", told("legacy"))
        .any("/v1/models/{model}:predict", told("kserve"))
        .route("GET", "/v1/models/{model}", told("ready"))
        .route("GET", "/models", told("list"))
        .route("POST", "/models", told("register"))
        .route("GET", "/models/{model}", told("describe"))
        .route("GET", "/models/{model}/{version}", told("describe"))
        .route("DELETE", "/models/{model}/{version}", told("unregister"))
        .route("GET", "/models/{model}/all", told("all"))
        .any("/models/{model}/invoke", told("invoke"))
        .route("OPTIONS", "/", told("openapi"))
        .build();
  }

  private static Endpoint told(String name) {
    return request -> TestServer.text(name + " " + request.pathVariables());
  }

  private static RawClient.Reply ask(String method, String path) throws IOException {
    return server.exchange(method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      value = {
        "GET /ping > ping {}",
        "PUT /ping/ > ping {}",
        "BREW /ping > ping {}",
        "POST /predictions/echo > predict {model=echo}",
        "POST /predictions/ec%68o/ > predict {model=echo}",
        "POST /predictions/a%2Fb > predict {model=a/b}",
        "POST /predictions/m/1.0 > predict {model=m, version=1.0}",
        "POST /predictions/m/1.0/x/y%20z > predict {model=m, version=1.0, rest=x/y z}",
        "POST /predict/predict > legacy {model=predict}",
        "POST /predictions/predict > predict {model=predict}",
        "POST /v1/models/a:b:predict > kserve {model=a:b}",
        "GET /v1/models/a:predict > kserve {model=a}",
        "GET /v1/models/a > ready {model=a}",
        "GET /models > list {}",
        "GET /models?limit=1 > list {}",
        "POST /models > register {}",
        "GET /models/m > describe {model=m}",
        "GET /models/m/2.0 > describe {model=m, version=2.0}",
        "GET /models/m/all > all {model=m}",
        "DELETE /models/m/all > unregister {model=m, version=all}",
        "DELETE /models/m/invoke > invoke {model=m}",
        "OPTIONS / > openapi {}",
        "GET http://elsewhere:1/ping > ping {}",
      })
  void theMostSpecificRouteAnswers(String request, String answer) throws IOException {
    String[] words = request.split(" ");
    assertThat(ask(words[0], words[1]).body()).isEqualTo(answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/predictions",
        "/predictions/",
        "/predictions//1.0",
        "//ping",
        "/ping/x",
        "/PING",
        "/a/b/c/d",
        "/..",
      })
  void aPathWithoutRouteIsNotFound(String path) throws IOException {
    RawClient.Reply reply = ask("POST", path);
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.body())
        .isEqualTo(
            """
            {
              "code": 404,
              "type": "ResourceNotFoundException",
              "message": "Requested resource is not found, please refer to API document."
            }
            """);
  }

  @Test
  void theServerAsAWholeHasNoRoute() throws IOException {
    assertThat(ask("OPTIONS", "*").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      value = {
        "PATCH /models > GET, HEAD, POST",
        "POST /models/m > GET, HEAD",
        "POST /models/m/1.0 > DELETE, GET, HEAD",
        "GET / > OPTIONS",
      })
  void aPathWithoutThatMethodSaysWhichItHas(String request, String allowed) throws IOException {
    String[] words = request.split(" ");
    RawClient.Reply reply = ask(words[0], words[1]);
    assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 405 Method Not Allowed");
    assertThat(reply.header("allow")).isEqualTo(allowed);
    assertThat(reply.body())
        .contains("\"type\": \"MethodNotAllowedException\"")
        .contains("Requested method is not allowed, please refer to API document.");
  }

  @Test
  void headGoesWhereGetGoes() throws IOException {
    try (RawClient client = server.connect()) {
      client.send("HEAD /models HTTP/1.1\r\nHost: x\r\n\r\nGET /ping HTTP/1.1\r\nHost: x\r\n\r\n");
      RawClient.Reply head = client.replyWithoutBody();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("content-length")).isEqualTo("7");
      assertThat(client.reply().body()).isEqualTo("ping {}");
    }
  }

  @Test
  void aPathThatCannotBeDecodedIsABadRequest() throws IOException {
    RawClient.Reply reply = ask("GET", "/predictions/%zz");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).contains("path: %zz (expected: % followed by two hex digits)");
    assertThat(reply.header("connection")).isEqualTo("keep-alive");
  }

  @Test
  void filtersStandBeforeTheRoutesInTheirOrder() throws IOException {
    List<String> passed = new ArrayList<>();
    Filter first =
        (request, next) -> {
          passed.add("first " + request.path());
          return next.answer(request).thenApply(response -> response.withHeader("x-first", "1"));
        };
    Filter second =
        (request, next) -> {
          passed.add("second");
          return request.path().equals("/stop") ? TestServer.text("stopped") : next.answer(request);
        };
    Router router =
        Router.builder(ERRORS)
            .filter(first)
            .filter(second)
            .any("/stop", told("endpoint"))
            .any("/go", told("endpoint"))
            .build();
    try (TestServer filtered = new TestServer(router)) {
      RawClient.Reply go = filtered.exchange("GET /go HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(go.body()).isEqualTo("endpoint {}");
      assertThat(go.header("x-first")).isEqualTo("1");
      RawClient.Reply stop = filtered.exchange("GET /stop HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(stop.body()).isEqualTo("stopped");
      assertThat(filtered.exchange("GET /no HTTP/1.1\r\nHost: x\r\n\r\n").status()).isEqualTo(404);
    }
    assertThat(passed)
        .containsExactly("first /go", "second", "first /stop", "second", "first /no", "second");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ping",
        "/a/{}",
        "/a/{b",
        "/a/b}",
        "/{a}{b}",
        "/{rest...}/x",
        "/x{rest...}",
        "/{a}/{a}"
      })
  void aPatternThatIsNoneIsRefused(String pattern) {
    assertThatThrownBy(() -> Router.builder(ERRORS).any(pattern, told("x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("route: " + pattern + " (expected: ");
  }

  @Test
  void theSameRouteTwiceIsRefused() {
    Router.Builder builder = Router.builder(ERRORS).route("GET", "/a/{b}", told("x"));
    assertThatThrownBy(() -> builder.route("GET", "/a/{b}", told("y")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("route: GET /a/{b} comes twice");
  }
}
