package dev.sconce.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every key that TorchServe 0.12.0 knows, from the constants of its {@code ConfigManager}. */
class TorchServeKeysTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          allowed_urls | file://.* |
          async_logging | true | no thread ever waits for a log
          blacklist_env_vars | .*USERNAME.* | workers are no processes
          certificate_file | a.pem |
          cors_allowed_headers | A |
          cors_allowed_methods | GET |
          cors_allowed_origin | * |
          cpp_log_config | a.config | there is no C++ backend
          cpu_launcher_args | --use_logical_core | libtorch's own fast kernels are always used; intra_op_threads bounds their threads
          cpu_launcher_enable | true | libtorch's own fast kernels are always used; intra_op_threads bounds their threads
          debug | true |
          decode_input_request | false | each handler decides what it decodes
          default_response_timeout | 1 |
          default_service_handler | twin |
          default_startup_timeout | 1 |
          default_workers_per_model | 1 |
          disable_system_metrics | true |
          disable_token_authorization | true |
          enable_envvars_config | true |
          enable_grpc_ssl | true | there is no gRPC here
          enable_metrics_api | false |
          enable_model_api | true |
          grpc_inference_address | 127.0.0.1 | there is no gRPC here
          grpc_inference_max_connection_age_grace_ms | 1 | there is no gRPC here
          grpc_inference_max_connection_age_ms | 1 | there is no gRPC here
          grpc_inference_port | 7070 | there is no gRPC here
          grpc_management_address | 127.0.0.1 | there is no gRPC here
          grpc_management_max_connection_age_grace_ms | 1 | there is no gRPC here
          grpc_management_max_connection_age_ms | 1 | there is no gRPC here
          grpc_management_port | 7071 | there is no gRPC here
          inference_address | http://127.0.0.1 |
          initial_distribution_port | 29500 | workers are threads and have no ports
          initial_worker_port | 9000 | workers are threads and have no ports
          install_py_dep_per_model | true | no Python is run
          io_ratio | 50 | work of other kinds never runs where connections do
          ipex_enable | true | libtorch's own fast kernels are always used; intra_op_threads bounds their threads
          ipex_gpu_enable | true | libtorch's own fast kernels are always used; intra_op_threads bounds their threads
          job_queue_size | 1 |
          keystore | a.p12 |
          keystore_pass | a |
          keystore_type | JKS |
          limit_max_image_pixels | true |
          load_models | all |
          management_address | http://127.0.0.1 |
          max_request_size | 1 |
          max_response_size | 1 | answers may be as large as they are
          metric_time_interval | 1 |
          metrics_address | http://127.0.0.1 |
          metrics_config | a.yaml | handlers declare their own families, the others are fixed
          metrics_mode | prometheus |
          model_metrics_auto_detect | true | what a handler declares is always shown
          model_server_home | /a | nothing is looked up there
          model_snapshot | {"models": {}} |
          model_store | /a |
          models | {} |
          netty_client_threads | 1 | workers are called, not written to
          number_of_gpu | 1 |
          number_of_netty_threads | 1 |
          plugins_path | /a | there are no plugins
          prefer_direct_buffer | true | the fastest buffers are always used
          private_key_file | a.key |
          python | /usr/bin/python | no Python is run
          service_envelope | json |
          system_metrics_cmd | a | the server looks at the system itself
          token_expiration_min | 1 |
          ts_header_key_sequence_end | a | no handler keeps a state between requests
          ts_header_key_sequence_id | a | no handler keeps a state between requests
          ts_header_key_sequence_start | a | no handler keeps a state between requests
          ts_open_inference_protocol | true | Open Inference is not spoken
          tsConfigFile | a |
          unregister_model_timeout | 1 |
          use_env_allowed_urls | true |
          use_native_io | false |
          version | 0.12.0 |
          vmargs | -Xmx1g | Java is given its options in JAVA_TOOL_OPTIONS
          workflow_store | /a | there are no workflows
          """)
  void isReadOrSaysWhyItMeansNothingHere(String key, String value, String why) throws IOException {
    Path file = Files.writeString(directory.resolve("one.properties"), key + "=" + value);
    ServerConfig config =
        new ConfigLoader(1 << 30, directory, directory, Map.of())
            .load(new Overrides(Optional.of(file), Optional.empty(), List.of()));
    assertThat(config.unused())
        .isEqualTo(why == null ? List.of() : List.of(key + " (" + why + ")"));
  }
}
