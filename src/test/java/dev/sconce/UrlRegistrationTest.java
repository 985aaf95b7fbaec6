package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.Linear;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.config.ConfigLoader;
import dev.sconce.config.Overrides;
import dev.sconce.download.FileServer;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that are registered by URL, from a server on this machine. */
class UrlRegistrationTest extends UrlRegistrations {
  @Test
  void anAllowedUrlIsDownloadedServedAndForgottenAgain() throws Exception {
    try (RunningServer server = server()) {
      HttpResponse<String> registered =
          register(server, origin.url("/good/x.mar?X-Amz-Signature=secret"));
      assertThat(registered.body())
          .contains("Model \\\"linear\\\" Version: 1.0 registered with 1 initial workers");
      assertThat(files()).containsExactly(".x.mar.downloaded", "x.mar");
      assertAnswers(server);
      JsonNode described = RunningServer.json(server.manage("GET", "/models/linear")).get(0);
      assertThat(described.get("modelUrl").asText()).isEqualTo(origin.url("/good/x.mar"));

      server.manage("DELETE", "/models/linear");
      assertThat(files()).isEmpty();
      assertThat(register(server, origin.url("/good/x.mar")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void withoutWorkersAndWithoutWaitingTheAnswersAreAsForFiles() throws Exception {
    try (RunningServer server = server()) {
      String url = "/models?url=" + origin.url("/good/x.mar");
      assertThat(server.manage("POST", url + "&initial_workers=1&synchronous=false").statusCode())
          .isEqualTo(202);
      assertError(
          server.manage("POST", "/models?url=" + origin.url("/good/y.mar")),
          409,
          "ConflictStatusException",
          "Model version 1.0 is already registered for model linear");
      assertThat(files()).containsExactly(".x.mar.downloaded", "x.mar");
    }
  }

  @Test
  void withoutAllowedUrlsTheAnswerSaysHowToAllowThem() throws Exception {
    try (RunningServer server = new RunningServer(directory, store, List.of())) {
      assertError(
          register(server, origin.url("/good/x.mar")),
          404,
          "ModelNotFoundException",
          "Given URL %s does not match any allowed URL(s) (expected: a file name in the model store; allowed_urls in"
              .formatted(origin.url("/good/x.mar")));
      assertThat(origin.asked).isEmpty();
    }
  }

  @Test
  void aFileOfThatNameIsNotReplaced() throws Exception {
    Files.write(store.resolve("x.mar"), archive("base_handler", false));
    try (RunningServer server = server()) {
      assertError(
          register(server, origin.url("/good/x.mar")),
          500,
          "InternalServerException",
          "Model file already exists x.mar");
      assertThat(origin.asked).isEmpty();
      assertThat(server.manage("POST", "/models?url=x.mar").statusCode()).isEqualTo(200);
      server.manage("DELETE", "/models/linear");
      assertThat(files()).containsExactly("x.mar");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/missing/x.mar          | 400 | DownloadArchiveException | Failed to download archive from: ",
        "/short/x.mar            | 400 | DownloadArchiveException | Failed to download archive from: ",
        "/endless/x.mar          | 400 | DownloadArchiveException | Failed to download archive from: ",
        "/silent/x.mar           | 400 | DownloadArchiveException | Failed to download archive from: ",
        "/slow/x.mar             | 400 | DownloadArchiveException | Failed to download archive from: ",
        "/to/x.mar?http://h/     | 400 | DownloadArchiveException | Failed to download archive from: ",
        "/good/x.py              | 400 | BadRequestException      | url: its last segment is \"x.py\"",
        "/good/                  | 400 | BadRequestException      | url: its last segment is \"\"",
        "/good/.mar              | 400 | BadRequestException      | url: its last segment is \".mar\"",
        "/good/%2e%2e/x.mar      | 400 | BadRequestException      | url: http://127.0.0.1:",
        "/good/../x.mar          | 404 | ModelNotFoundException   | Relative path is not allowed in",
      })
  void whatFailsLeavesNothingBehind(String path, int status, String type, String message)
      throws Exception {
    try (RunningServer server = server("max_download_size=1000000", "download_timeout=1")) {
      assertError(register(server, origin.url(path)), status, type, message);
      assertThat(files()).isEmpty();
      assertThat(server.models()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "twin"})
  void whatCannotBeServedIsDeletedAgain(String handler) throws Exception {
    try (RunningServer server = server()) {
      String call = "/models?initial_workers=1&handler=%s&url=%s";
      HttpResponse<String> refused =
          server.manage("POST", call.formatted(handler, origin.url("/good/x.mar")));
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void anArchiveIsKeptAsLongAsAModelIsMadeOfIt() throws Exception {
    try (RunningServer server = server()) {
      register(server, origin.url("/good/x.mar"));
      server.manage("POST", "/models?url=x.mar&model_name=other");
      server.manage("DELETE", "/models/linear");
      assertThat(files()).containsExactly(".x.mar.downloaded", "x.mar");
      server.manage("DELETE", "/models/other");
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void whatIsLoadedAtStartIsDownloadedOnce() throws Exception {
    String url = origin.url("/good/x.mar");
    for (int start = 0; start < 2; start++) {
      try (RunningServer server = server(List.of("mine=" + url))) {
        assertThat(server.models()).extracting(model -> model.key().name()).containsExactly("mine");
        assertThat(server.models()).extracting(model -> model.url()).containsExactly(url);
        assertThat(server.ping().statusCode()).isEqualTo(200);
      }
    }
    assertThat(origin.asked).hasSize(1);
  }

  @Test
  void aSnapshotNamesTheFileWhichIsStillKnownAsDownloaded() throws Exception {
    String url = origin.url("/good/x.mar?X-Amz-Signature=secret");
    Path snapshots = directory.resolve("snapshots");
    Path config = directory.resolve("first.properties");
    Files.writeString(
        config,
        "inference_address=http://127.0.0.1:0\nmanagement_address=http://127.0.0.1:0\n"
            + "enable_metrics_api=false\ndefault_workers_per_model=1\nallowed_urls=http://.*");
    ConfigLoader loader = new ConfigLoader(1 << 30, directory, directory, Map.of());
    Map<String, String> keys = Map.of("model_store", store.toString(), "load_models", url);
    Overrides first = new Overrides(Optional.of(config), Optional.of(snapshots), keys);
    try (ModelServer server = ModelServer.start(loader.load(first))) {
      assertThat(server.loadStartupModels().get(60, TimeUnit.SECONDS)).isEmpty();
    }
    Overrides second = new Overrides(Optional.empty(), Optional.of(snapshots), Map.of());
    try (ModelServer server = ModelServer.start(loader.load(second))) {
      assertThat(server.loadStartupModels().get(60, TimeUnit.SECONDS)).isEmpty();
      assertThat(server.models()).extracting(model -> model.url()).containsExactly("x.mar");
    }
    assertThat(origin.asked).hasSize(1);
    try (RunningServer server = server(List.of("x.mar"))) {
      server.manage("DELETE", "/models/linear");
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void jarsOfDownloadedArchivesAreNotRunByAnyName() throws Exception {
    try (FileServer other = new FileServer(archive(Linear.class.getName(), true))) {
      String allowed = "allowed_urls=" + other.url("/") + ".*";
      String url = other.url("/good/x.mar");
      String refusal =
          "handler: com.example.Linear is a class in a jar of x.mar, which was downloaded from "
              + url
              + " (expected: a built-in handler, one of base_handler,";
      try (RunningServer server = new RunningServer(directory, store, List.of(), allowed)) {
        assertError(register(server, url), 400, "InvalidModelException", refusal);
        assertThat(files()).isEmpty();
        assertThat(server.manage("POST", "/models?handler=base_handler&url=" + url).statusCode())
            .isEqualTo(200);
        for (String name : List.of("x.mar", store + "/x.mar", "./x.mar")) {
          assertError(
              server.manage("POST", "/models?model_name=m&url=" + name),
              400,
              "InvalidModelException",
              "handler: com.example.Linear is a class in a jar of ");
          assertError(
              server.manage("POST", "/models?model_name=m&handler=com.example.Linear&url=" + name),
              400,
              "InvalidModelException",
              "handler: com.example.Linear is a class in a jar of ");
        }
      }
      try (RunningServer again =
          new RunningServer(directory, store, List.of(), "allow_downloaded_jars=false")) {
        assertError(
            again.manage("POST", "/models?url=x.mar"), 400, "InvalidModelException", refusal);
      }
      try (RunningServer permitting =
          new RunningServer(directory, store, List.of(), "allow_downloaded_jars=true")) {
        assertThat(permitting.manage("POST", "/models?url=x.mar").statusCode()).isEqualTo(200);
      }
    }
  }
}
