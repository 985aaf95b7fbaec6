package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Models come and go through the management port, as TorchServe's users move them. */
class ManagementTest extends ManagementCalls {
  @Test
  void anArchiveOfTheOriginalArchiverRegistersUnchangedAndAnswers() throws Exception {
    HttpResponse<String> answer =
        server.manage("POST", "/models?url=twin.mar&initial_workers=1&synchronous=true");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(status(answer))
        .isEqualTo("Model \"twin\" Version: 1.0 registered with 1 initial workers");
    twin.assertAnswer(server.predict(twin.form(0).text("cam", "True")), 0, true);
  }

  @Test
  void describeSaysWhatWasNotRunWhatStandsInForItAndWhatDiffers() throws Exception {
    register("twin.mar&runtime=python3");
    assertThat(describe().get("runtime").asText()).isEqualTo("python3");
    JsonNode handler = describe().get("handler");
    assertThat(handler.get("name").asText()).isEqualTo("twin");
    assertThat(handler.get("notRun").asText()).isEqualTo("handler.py");
    assertThat(handler.get("imageSize").toString()).isEqualTo("[224,224]");
    assertThat(handler.get("mean").toString()).isEqualTo("[0.485,0.456,0.406]");
    assertThat(handler.get("std").toString()).isEqualTo("[0.229,0.224,0.225]");
    assertThat(texts(handler.get("differences")))
        .containsExactly(
            "handler.py has Resize((96, 128)), here it is Resize([224, 224])",
            "handler.py has Normalize(mean=[0.5, 0.5, 0.5], std=[0.229, 0.224, 0.225]), here it is"
                + " Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])");
  }

  @Test
  void aDirectoryWithAConfigurationIsServedAsItSays() throws Exception {
    Path model = unpacked("sized");
    Files.writeString(
        model.resolve("model-config.yaml"),
        "imageSize: [96, 128]\nmean: [0.5, 0.5, 0.5]\nminWorkers: 1\nmaxWorkers: 1\nbatchSize: 4\n");
    register("sized");
    JsonNode description = describe();
    assertThat(description.get("batchSize").asInt()).isEqualTo(4);
    JsonNode handler = description.get("handler");
    assertThat(handler.get("imageSize").toString()).isEqualTo("[96,128]");
    assertThat(handler.has("differences")).isFalse();
    HttpResponse<String> answer = server.predict(twin.form(0).text("cam", "True"));
    JsonNode maps = RunningServer.json(answer);
    assertThat(maps).hasSize(2 + 2 * 3); // a 32nd of 96
    assertThat(maps.get(2)).hasSize(4); // a 32nd of 128
  }

  @Test
  void modelsAreListedScaledAndUnregistered() throws Exception {
    register("twin.mar");
    JsonNode listed = RunningServer.json(server.manage("GET", "/models"));
    assertThat(listed.toString())
        .isEqualTo("{\"models\":[{\"modelName\":\"twin\",\"modelUrl\":\"twin.mar\"}]}");
    HttpResponse<String> scaled =
        server.manage("PUT", "/models/twin?min_worker=3&synchronous=true");
    assertThat(scaled.statusCode()).as(scaled.body()).isEqualTo(200);
    assertThat(describe().get("workers")).hasSize(3);
    assertThat(status(server.manage("DELETE", "/models/twin")))
        .isEqualTo("Model \"twin\" unregistered");
    assertThat(server.manage("GET", "/models/twin").statusCode()).isEqualTo(404);
    assertThat(server.predict(twin.form(0)).statusCode()).isEqualTo(404);
  }

  @Test
  void theListComesInPages() throws Exception {
    for (String name : List.of("c", "a", "b")) {
      assertThat(server.manage("POST", "/models?url=twin.mar&model_name=" + name).statusCode())
          .isEqualTo(200);
    }
    JsonNode first = RunningServer.json(server.manage("GET", "/models?limit=2"));
    assertThat(first.toString())
        .isEqualTo(
            "{\"nextPageToken\":\"2\",\"models\":[{\"modelName\":\"a\",\"modelUrl\":\"twin.mar\"},"
                + "{\"modelName\":\"b\",\"modelUrl\":\"twin.mar\"}]}");
    JsonNode last = RunningServer.json(server.manage("GET", "/models?limit=2&next_page_token=2"));
    assertThat(last.toString())
        .isEqualTo("{\"models\":[{\"modelName\":\"c\",\"modelUrl\":\"twin.mar\"}]}");
    assertThat(server.manage("GET", "/models?next_page_token=9").body())
        .isEqualTo("{\n  \"models\": []\n}\n");
  }

  @Test
  void withoutWorkersARequestIsToldSoAndScalingInTheBackgroundAddsThem() throws Exception {
    HttpResponse<String> registered = server.manage("POST", "/models?url=twin.mar");
    assertThat(status(registered))
        .isEqualTo(
            "Model \"twin\" Version: 1.0 registered with 0 initial workers. Use scale workers API"
                + " to add workers for the model.");
    assertThat(server.predict(twin.form(0)).statusCode()).isEqualTo(503);

    HttpResponse<String> scaling = server.manage("PUT", "/models/twin/1.0?min_worker=1");
    assertThat(scaling.statusCode()).isEqualTo(202);
    assertThat(status(scaling)).isEqualTo("Processing worker updates...");
    twin.assertAnswer(server.predict(twin.form(0)), 0, false); // waits in the queue until then
  }

  @Test
  void aScaleCallThatIsRefusedChangesNothing() throws Exception {
    register("twin.mar");
    for (String query :
        List.of("min_worker=3&synchronous=maybe", "min_worker=2&max_worker=1", "min_worker=x")) {
      assertThat(server.manage("PUT", "/models/twin?" + query).statusCode()).isEqualTo(400);
    }
    assertThat(describe().get("minWorkers").asInt()).isEqualTo(1);
    assertThat(describe().get("workers")).hasSize(1);
    assertThat(server.manage("PUT", "/models/none?min_worker=1").statusCode()).isEqualTo(404);
  }

  @Test
  void theDefaultVersionCanBeNamedOverTheWire() throws Exception {
    register("twin.mar");
    assertThat(status(server.manage("PUT", "/models/twin/1.0/set-default")))
        .isEqualTo("Default version successfully updated for model \"twin\" to \"1.0\"");
    assertThat(server.manage("PUT", "/models/twin/2.0/set-default").statusCode()).isEqualTo(404);
    assertThat(RunningServer.json(server.manage("GET", "/models/twin/all"))).hasSize(1);
  }

  @Test
  void withoutTheModelApiModelsCanBeScaledButNotRegisteredOrRemoved() throws Exception {
    Path other = Files.createDirectory(directory.resolve("other"));
    try (RunningServer closed =
        new RunningServer(
            other,
            server.store,
            List.of("twin.mar"),
            "default_workers_per_model=1",
            "enable_model_api=false")) {
      assertThat(closed.manage("POST", "/models?url=twin.mar").statusCode()).isEqualTo(405);
      assertThat(closed.manage("DELETE", "/models/twin").statusCode()).isEqualTo(405);
      assertThat(closed.manage("PUT", "/models/twin?min_worker=1&synchronous=true").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void theRegisterCallMayBeJson() throws Exception {
    HttpResponse<String> answer =
        server.manageByJson(
            "POST",
            "/models",
            "{\"url\": \"twin.mar\", \"initial_workers\": 1, \"batch_size\": 2}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(describe().get("batchSize").asInt()).isEqualTo(2);
  }

  private static String status(HttpResponse<String> answer) throws IOException {
    return RunningServer.json(answer).get("status").asText();
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }
}
