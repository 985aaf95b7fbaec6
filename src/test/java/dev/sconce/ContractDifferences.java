package dev.sconce;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where this server answers otherwise than TorchServe did, and which row of README.md says so. */
final class ContractDifferences {
  /** Rows that hold for every capture, by the beginning of what they say of TorchServe. */
  static final List<String> EVERYWHERE =
      List.of(
          "`HTTP/1.1 200 ` without reason or content type",
          "every status from 400 on closes the connection",
          "a 405 names no method",
          "an archive's `handler.py` decides");

  private static final String BAD_REQUEST = "400 BadRequestException ";
  private static final String BAD_INPUT = "a bad picture, a missing part, a wrong type: 503";
  private static final String CAM = "`cam` is evaluated as Python";
  private static final String EXCEPTION = "any other exception in a handler: 503";
  private static final String MEMORY = "out of memory: 507 \"Out of resources\"";
  private static final String PARAMETERS = "wrong management parameters are ignored or crash";
  private static final String NO_WORKER = "\"no worker\" and \"queue full\" are one message";
  private static final String TOO_LARGE = "413 with an empty body";
  private static final String UNHEALTHY = "`/ping` says Healthy";
  private static final String NO_START = "a start-up model that cannot be opened is tried again";
  private static final String CLOSES = EVERYWHERE.get(1);

  /**
   * A difference.
   *
   * @param row the beginning of a row of README's table
   * @param ours what is answered instead: the status, and of an error its type and the beginning of
   *     its message
   */
  record Difference(String row, String ours) {}

  private static final Map<String, Difference> ALL =
      Map.ofEntries(
          badInput("pred_bad_image", "missing part: data or body (found: an empty body)"),
          badInput("pred_bad_image_siamese", "left: "),
          badInput("pred_resnet18_kf_body_noenvelope", "missing part: data or body"),
          badInput("pred_resnet18_otherfield", "missing part: data or body"),
          badInput("pred_siamese_empty_body", "missing part: left (found: an empty body)"),
          badInput("pred_siamese_missing_field", "missing part: right (found: left, cam)"),
          badInput("env_body_linear_instances", "body: an object (expected: a number"),
          badInput("env_json_linear_list", "body: a list (expected: a JSON object)"),
          badInput("env_kserve_v1_raw_image", "body: "),
          of("combined_describe_version", "with one address for all APIs", "200"),
          of("describe_customized_default", "`customizedMetadata` is empty unless", "200"),
          of("pred_siamese_bad_cam", CAM, BAD_REQUEST + "cam: maybe (expected: True"),
          of("pred_siamese_cam_lowercase", CAM, "200"),
          of("pred_resnet18_json_obj_data", "a picture in a JSON object: 503", "200"),
          of(
              "pred_linear_base_handler_json",
              "what the model refuses (wrong shape or type): 503",
              BAD_REQUEST + "the model refuses a batch of 1 of INT64 [4]"),
          of(
              "env_kserve_v1_echo_2inst",
              "`text_classifier` looks at the first request of a batch only",
              "200"),
          exception("echo_mode_raise"),
          exception("echo_mode_notlist"),
          exception("echo_mode_short"),
          exception("echo_mode_unser"),
          of("echo_mode_mem", MEMORY, "507 InternalServerException out of memory: "),
          of(
              "echo_multipart_bad",
              "a broken form is a body, or no part",
              BAD_REQUEST + "Content-Type: multipart/form-data (expected: multipart/form-data; b"),
          of("echo_conn_close", CLOSES, "200"),
          of("echo_http10", CLOSES, "200"),
          of("too_large", TOO_LARGE, "413 PayloadTooLargeException "),
          of("too_large_noexpect", TOO_LARGE, "413 PayloadTooLargeException "),
          of(
              "uri_too_long",
              "a URI or headers that are too long: 400 \"Invalid HTTP message.\"",
              BAD_REQUEST + "request line: too long (expected: at most 4096 bytes)"),
          of(
              "queue_full",
              NO_WORKER,
              "503 ServiceUnavailableException Model \"echo_batch\": the job queue is full, 5 "),
          of("ping_after_death", UNHEALTHY, "500"),
          of("failing_startup_ping", UNHEALTHY, "500"),
          of("failing_startup_list", NO_START, "200"),
          of("failing_startup_describe", NO_START, "404 ModelNotFoundException Model not found: b"),
          of("failing_startup_predict", NO_START, "404 ModelNotFoundException Model not found: b"),
          of("inflight_during_scaledown", "unregistering and scaling down drop requests", "200"),
          of(
              "response_timeout",
              "an expired request gets no answer; when a batch takes too long: 500",
              "408 RequestTimeoutException no answer within the response timeout"),
          noWorker("pred_no_workers", "echo"),
          noWorker("pred_default_is_v2_noworker", "noop"),
          noWorker("pred_zero_workers", "resnet18"),
          of("reg_json_malformed", PARAMETERS, BAD_REQUEST + "JSON body: no JSON at line 1, col"),
          of("reg_int_garbage", PARAMETERS, BAD_REQUEST + "batch_size: xyz (expected: a whole"),
          of("scale_garbage", PARAMETERS, BAD_REQUEST + "min_worker: nan (expected: a whole"),
          of("scale_negative_max", PARAMETERS, BAD_REQUEST + "max_worker: -1 (expected: a whole"),
          of("scale_negative_min", PARAMETERS, BAD_REQUEST + "min_worker: -1 (expected: a whole"),
          of("describe_after_negative", PARAMETERS, "200"),
          of("describe_json_minimal", PARAMETERS, "200"),
          of(
              "reg_badinit_sync",
              "a handler that cannot start: 500",
              "400 InvalidModelException com.example.BadInit: initialize failed: "));

  private ContractDifferences() {}

  static Optional<Difference> of(String capture) {
    return Optional.ofNullable(ALL.get(capture));
  }

  static Map<String, Difference> all() {
    return ALL;
  }

  private static Map.Entry<String, Difference> of(String capture, String row, String ours) {
    return Map.entry(capture, new Difference(row, ours));
  }

  private static Map.Entry<String, Difference> badInput(String capture, String message) {
    return of(capture, BAD_INPUT, BAD_REQUEST + message);
  }

  private static Map.Entry<String, Difference> exception(String capture) {
    return of(capture, EXCEPTION, "500 InternalServerException Prediction failed");
  }

  private static Map.Entry<String, Difference> noWorker(String capture, String model) {
    String message = "Model \"%s\" has no worker to serve inference request. Please use scale w";
    return of(capture, NO_WORKER, "503 ServiceUnavailableException " + message.formatted(model));
  }
}
