package dev.sconce.config;

import java.util.List;
import java.util.Map;

/**
 * TorchServe's keys that mean nothing here and belong to no other group of keys, with the reason.
 */
final class UnusedKeys {
  private static final String NO_GRPC = "there is no gRPC here";
  private static final String NO_PYTHON = "no Python is run";
  private static final String NO_PORTS = "workers are threads and have no ports";
  private static final String NO_SEQUENCES = "no handler keeps a state between requests";
  private static final String ONE_DNN =
      "libtorch's own fast kernels are always used; intra_op_threads bounds their threads";

  /** Why each means nothing. */
  private static final Map<String, List<String>> KEYS =
      Map.ofEntries(
          Map.entry(
              NO_GRPC,
              List.of(
                  "enable_grpc_ssl",
                  "grpc_inference_address",
                  "grpc_inference_max_connection_age_grace_ms",
                  "grpc_inference_max_connection_age_ms",
                  "grpc_inference_port",
                  "grpc_management_address",
                  "grpc_management_max_connection_age_grace_ms",
                  "grpc_management_max_connection_age_ms",
                  "grpc_management_port")),
          Map.entry(NO_PYTHON, List.of("install_py_dep_per_model", "python")),
          Map.entry(NO_PORTS, List.of("initial_distribution_port", "initial_worker_port")),
          Map.entry(
              NO_SEQUENCES,
              List.of(
                  "ts_header_key_sequence_end",
                  "ts_header_key_sequence_id",
                  "ts_header_key_sequence_start")),
          Map.entry(
              ONE_DNN,
              List.of(
                  "cpu_launcher_args", "cpu_launcher_enable", "ipex_enable", "ipex_gpu_enable")),
          Map.entry("workers are no processes", List.of("blacklist_env_vars")),
          Map.entry("workers are called, not written to", List.of("netty_client_threads")),
          Map.entry("answers may be as large as they are", List.of("max_response_size")),
          Map.entry("each handler decides what it decodes", List.of("decode_input_request")),
          Map.entry("the fastest buffers are always used", List.of("prefer_direct_buffer")),
          Map.entry("work of other kinds never runs where connections do", List.of("io_ratio")),
          Map.entry("there are no workflows", List.of("workflow_store")),
          Map.entry("there is no C++ backend", List.of("cpp_log_config")),
          Map.entry("nothing is looked up there", List.of("model_server_home")),
          Map.entry("there are no plugins", List.of("plugins_path")),
          Map.entry("Open Inference is not spoken", List.of("ts_open_inference_protocol")),
          Map.entry("Java is given its options in JAVA_TOOL_OPTIONS", List.of("vmargs")));

  private UnusedKeys() {}

  /** Has those that are set named with their reasons. */
  static void read(KeyReader keys) {
    KEYS.forEach((why, names) -> names.forEach(name -> keys.meaningless(name, why)));
  }
}
