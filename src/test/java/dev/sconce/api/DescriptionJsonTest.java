package dev.sconce.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.handler.Device;
import dev.sconce.json.ManagementJson;
import dev.sconce.model.ModelDescription;
import dev.sconce.model.ModelKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DescriptionJsonTest {
  static ModelDescription describedOn(Device... devices) {
    return new ModelDescription(
        new ModelKey("siamese", "1.0"),
        "siamese.mar",
        "python",
        1,
        2,
        4,
        Duration.ofMillis(50),
        Duration.ofSeconds(120),
        Duration.ofSeconds(60),
        Duration.ofMinutes(5),
        Duration.ZERO,
        false,
        List.of(devices),
        false,
        List.of(
            new ModelDescription.Worker(
                9010, Instant.parse("2026-11-21T04:08:43.615789Z"), "READY", devices[0])),
        100,
        3,
        new ModelDescription.ServingHandler(
            "twin", Optional.of("handler.py"), Map.of("precision", "fp32")),
        devices[0].isGpu() ? Optional.of("two threads hang") : Optional.empty());
  }

  private static String json(ModelDescription model) {
    Object description = new DescriptionJson(28_291, () -> 1024).of(model);
    return new String(ManagementJson.bytes(description), StandardCharsets.UTF_8);
  }

  /** Up to {@code jobQueueStatus} as a TorchServe 0.12.0 wrote it, but for the numbers. */
  @Test
  void membersAndOrderAreTorchServesAndOursFollow() {
    assertThat(json(describedOn(Device.CPU)))
        .isEqualTo(
            """
            {
              "modelName": "siamese",
              "modelVersion": "1.0",
              "modelUrl": "siamese.mar",
              "runtime": "python",
              "minWorkers": 1,
              "maxWorkers": 2,
              "batchSize": 4,
              "maxBatchDelay": 50,
              "responseTimeout": 120,
              "startupTimeout": 60,
              "maxRetryTimeoutInSec": 300,
              "clientTimeoutInMills": 0,
              "parallelType": "",
              "parallelLevel": 0,
              "deviceType": "cpu",
              "continuousBatching": false,
              "useJobTicket": false,
              "useVenv": false,
              "stateful": false,
              "sequenceMaxIdleMSec": 0,
              "sequenceTimeoutMSec": 0,
              "maxNumSequence": 0,
              "maxSequenceJobQueueSize": 0,
              "loadedAtStartup": false,
              "workers": [
                {
                  "id": "9010",
                  "startTime": "2026-11-21T04:08:43.615Z",
                  "status": "READY",
                  "memoryUsage": 1024,
                  "pid": 28291,
                  "gpu": false,
                  "gpuUsage": "N/A"
                }
              ],
              "jobQueueStatus": {
                "remainingCapacity": 97,
                "pendingRequests": 3
              },
              "handler": {
                "name": "twin",
                "notRun": "handler.py",
                "precision": "fp32"
              }
            }
            """);
  }

  @Test
  void gpusAreNamed() {
    assertThat(json(describedOn(Device.cuda(2), Device.cuda(0))))
        .contains("\"deviceType\": \"gpu\",\n  \"deviceIds\": [\n    2,\n    0\n  ],\n")
        .contains("\"gpu\": true");
  }

  /** So that the document says all that a description does, and promises nothing else. */
  @Test
  void everyMemberStandsInTheOpenApiDocument() throws Exception {
    Map<String, Object> all =
        new DescriptionJson(1, () -> 1).customized(describedOn(Device.cuda(0)));
    JsonNode schema =
        new ObjectMapper()
            .readTree(Path.of("src/main/resources/openapi/management.json").toFile())
            .at("/components/schemas/Model/properties");
    assertThat(schema.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(all.keySet());
    assertThat(all.get("failure")).isEqualTo("two threads hang");
  }
}
