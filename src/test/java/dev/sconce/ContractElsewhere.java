package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * TorchServe's captures that are in no list of {@link ContractScripts}: by name, or by what their
 * names begin with.
 */
final class ContractElsewhere {
  private static final Path TESTS = Path.of("src/test/java/dev/sconce");
  private static final String WORKERS = "ContractWorkersTest";
  private static final String STARTS = "ContractStartsTest";
  private static final String DOORS = "DoorCapturesTest";
  private static final String RAW = "ContractSocketsTest";
  private static final String METRICS = "MetricsTest";
  private static final String LOGS = "logs/ServerLogsTest";
  private static final String OPEN_INFERENCE = "Open Inference's routes, which do not exist yet";

  /** Which tests hold them. */
  private static final Map<String, String> TESTED =
      Map.ofEntries(
          Map.entry("tok_i", DOORS),
          Map.entry("tok_m", DOORS),
          Map.entry("tok_p", DOORS),
          Map.entry("tok_r", DOORS),
          Map.entry("cors_", DOORS),
          Map.entry("https_", DOORS),
          Map.entry("key_file.json", "auth/TokenStoreTest"),
          Map.entry("worker_dies", WORKERS),
          Map.entry("response_timeout", WORKERS),
          Map.entry("pred_after_timeout", WORKERS),
          Map.entry("pred_while_restarting", WORKERS),
          Map.entry("ping_after_death", WORKERS),
          Map.entry("describe_after_death", WORKERS),
          Map.entry("describe_after_restart", WORKERS),
          Map.entry("client_timeout_no_response", WORKERS),
          Map.entry("inflight_during_", WORKERS),
          Map.entry("queue_full", WORKERS),
          Map.entry("batch_member_", WORKERS),
          Map.entry("failing_startup_", STARTS),
          Map.entry("snap", STARTS),
          Map.entry("cfg_metrics_disabled", METRICS),
          Map.entry("metrics_f", METRICS),
          Map.entry("metrics_l", METRICS),
          Map.entry("metrics_prometheus", METRICS),
          Map.entry("combined_metrics", METRICS),
          Map.entry("log_", LOGS),
          Map.entry("too_large_noexpect", RAW),
          Map.entry("malformed_http", RAW),
          Map.entry("uri_too_long", RAW),
          Map.entry("pipelined_two_requests_mgmt", RAW));

  /** Why they are not tested. */
  private static final Map<String, String> UNTESTED =
      Map.ofEntries(
          Map.entry("oip_", OPEN_INFERENCE),
          Map.entry("kf2_infer_noenvelope", OPEN_INFERENCE),
          Map.entry("env_kserve_v2_infer", OPEN_INFERENCE),
          Map.entry("reg_resnet18_v2env", "as reg_echo_json_env; for env_kserve_v2_infer only"));

  private ContractElsewhere() {}

  /** How many entries there are for a capture. */
  static long places(String capture) {
    return beginnings().filter(capture::startsWith).count();
  }

  private static Stream<String> beginnings() {
    return Stream.concat(TESTED.keySet().stream(), UNTESTED.keySet().stream());
  }

  /** Fails unless every entry stands for a capture, and the tests name those they are to hold. */
  static void check(Set<String> captures) throws IOException {
    assertThat(beginnings())
        .allMatch(beginning -> captures.stream().anyMatch(name -> name.startsWith(beginning)));
    for (Map.Entry<String, String> entry : TESTED.entrySet()) {
      String test = Files.readString(TESTS.resolve(entry.getValue() + ".java"));
      List<String> unnamed =
          captures.stream()
              .filter(name -> name.startsWith(entry.getKey()) && !isNamed(test, name))
              .toList();
      assertThat(unnamed).as("not named in %s", entry.getValue()).isEmpty();
    }
  }

  /** Whether a test names a capture, if only by what follows the first underscore. */
  private static boolean isNamed(String test, String capture) {
    String rest = '"' + capture.substring(capture.indexOf('_') + 1) + '"';
    String word = "(?<![\\w.])" + Pattern.quote(capture) + "(?![\\w.])";
    return test.contains(rest) || Pattern.compile(word).matcher(test).find();
  }
}
