package dev.sconce;

import java.util.Map;

/**
 * TorchServe's captures that are not replayed here: by name, or by what their names begin with, and
 * where that is tested, or why it cannot be.
 */
final class ContractElsewhere {
  private static final String RESTARTS =
      "a worker that dies is a process; RestartTest, HangingTest";
  private static final String DRAINED = "README: both let them finish; ScalingTest, UpdateTest";
  private static final String SAGEMAKER = "SageMaker's routes, which do not exist yet";
  private static final String OPEN_INFERENCE = "Open Inference's routes, which do not exist yet";
  private static final String RAW = "no curl command; ProtocolFaultTest, ConnectionTest";

  static final Map<String, String> ALL =
      Map.ofEntries(
          Map.entry("tok_", "tokens; DoorCapturesTest"),
          Map.entry("cors_", "CORS; DoorCapturesTest"),
          Map.entry("https_", "TLS; DoorCapturesTest"),
          Map.entry("combined_invo", SAGEMAKER),
          Map.entry("worker_dies", RESTARTS),
          Map.entry("response_timeout", RESTARTS),
          Map.entry("pred_after_timeout", RESTARTS),
          Map.entry("pred_while_restarting", RESTARTS),
          Map.entry("ping_after_death", RESTARTS),
          Map.entry("describe_after_death", RESTARTS),
          Map.entry("describe_after_restart", RESTARTS),
          Map.entry("failing_startup_", "README: a model that cannot start makes /ping unhealthy"),
          Map.entry("client_timeout_no_response", "README: an expired request gets a 408"),
          Map.entry("inflight_during_", DRAINED),
          Map.entry("queue_full", "a full queue needs a handler that is held; BatchingTest"),
          Map.entry(
              "too_large_noexpect", "the answer may come before the body went; BodyLimitTest"),
          Map.entry("malformed_http", RAW),
          Map.entry("uri_too_long", RAW),
          Map.entry("pipelined_two_requests_mgmt", RAW),
          Map.entry("invocations_", SAGEMAKER),
          Map.entry("sm_", SAGEMAKER),
          Map.entry("oip_", OPEN_INFERENCE),
          Map.entry("kf2_infer_noenvelope", OPEN_INFERENCE),
          Map.entry("env_kserve_v2_infer", OPEN_INFERENCE),
          Map.entry("reg_resnet18_v2env", "as reg_echo_json_env; for env_kserve_v2_infer only"));

  private ContractElsewhere() {}

  static boolean has(String capture) {
    return ALL.keySet().stream().anyMatch(capture::startsWith);
  }
}
