package dev.sconce;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** In which order the captures are replayed. */
final class ContractScripts {
  static final String MODELS =
      """
      unknown_path_inference
      unknown_path_management
      unknown_path_metrics
      get_root_inference
      metrics_on_inference_port
      ping
      ping_post
      pred_no_name
      pred_no_name_slash
      workflows_list
      workflows_describe_unknown
      workflows_delete_unknown
      workflows_register_nourl
      wfpredict_unknown
      mgmt_method_not_allowed
      mgmt_patch
      mgmt_predictions_on_mgmt_port
      mgmt_token_when_disabled
      kf1_model_ready_mgmt_unknown
      kf2_health_off
      list_past_end
      describe_unknown
      describe_unknown_all
      pred_unknown_model
      scale_unknown
      set_default_unknown_model
      unregister_unknown
      reg_no_url
      reg_empty_url
      reg_not_found
      reg_relative
      reg_bad_scheme
      reg_http_fail
      reg_allowed_url_dup_file
      reg_bad_runtime
      reg_json_malformed
      reg_badinit_sync
      describe_badinit
      reg_echo_0workers
      pred_no_workers
      scale_echo_sync
      reg_duplicate
      echo_get
      echo_head
      echo_delete
      echo_put
      echo_put_T
      echo_empty
      echo_text
      echo_json
      echo_json_bad
      echo_json_charset
      echo_no_ct
      echo_raw_octet
      echo_raw_default_ct
      echo_urlencoded
      echo_multipart
      echo_multipart_bad
      echo_multipart_samename
      echo_chunked_upload
      echo_expect100
      echo_custom_headers
      echo_conn_close
      echo_http10
      echo_gzip_accept
      echo_query_params
      echo_urlpath
      echo_trailing_slash
      echo_encoded_name
      echo_mode_str
      echo_mode_bytes
      echo_mode_none
      echo_mode_float
      echo_mode_nan
      echo_mode_unicode
      echo_mode_status
      echo_mode_predexc
      echo_mode_raise
      echo_mode_notlist
      echo_mode_short
      echo_mode_unser
      echo_mode_mem
      echo_mode_cuda
      too_large
      kf1_model_ready_mgmt
      kf1_model_ready_inference_port
      kf1_predict_noenvelope
      kf1_explain_noenvelope
      legacy_predict
      legacy_predict_version
      invocations_model_name_query
      invocations_model_name_form
      sm_models_invoke
      sm_models_bad
      scale_default_async
      scale_async_2
      PUT /models/echo?min_worker=2&synchronous=true
      describe_scaled
      scale_bad_range
      scale_negative_max
      scale_garbage
      reg_name_override
      reg_siamese
      describe_siamese
      invocations_no_model
      pred_siamese_c1_c2_camFalse
      pred_siamese_c1_c2_camTrue
      pred_siamese_c1_c1_camFalse
      pred_siamese_c1_c1_camTrue
      pred_siamese_c1_c3_camFalse
      pred_siamese_c1_c3_camTrue
      pred_siamese_c2_c1_camFalse
      pred_siamese_c2_c1_camTrue
      pred_siamese_c3_c4_camFalse
      pred_siamese_c3_c4_camTrue
      pred_siamese_cam_1
      pred_siamese_cam_file
      pred_siamese_cam_lowercase
      pred_siamese_bad_cam
      pred_siamese_empty_body
      pred_siamese_missing_field
      pred_siamese_gray_left
      pred_bad_image_siamese
      reg_vgg11_sync
      reg_vgg11_tgz_version2
      pred_vgg11
      pred_vgg11_c1
      pred_vgg11_c2
      pred_vgg11_c3
      pred_vgg11_c4
      reg_resnet18_async
      pred_resnet18_T
      pred_resnet18_form
      pred_resnet18_b64_text
      pred_resnet18_b64_json_string
      pred_resnet18_json_obj_data
      pred_resnet18_kf_body_noenvelope
      pred_resnet18_otherfield
      pred_bad_image
      pred_unknown_version
      reg_resnet18_named_defaults
      scale_resnet18_named
      pred_resnet18_named
      pred_resnet18_named_c1
      pred_resnet18_named_c2
      pred_resnet18_named_c3
      pred_resnet18_named_c4
      reg_resnet18_eager
      pred_resnet18_eager
      reg_linear
      pred_linear_base_handler_json
      describe_customized_default
      reg_linear_describe
      describe_customized
      pred_linear_describe_json
      reg_json_body
      scale_negative_min
      describe_after_negative
      reg_json_body_minimal
      describe_json_minimal
      reg_tinydet
      pred_tinydet
      reg_tinyseg
      reg_tinytext
      pred_tinytext
      pred_tinytext_form
      reg_noarchive_dir
      pred_noarch
      reg_abs_path
      reg_subdir
      reg_echo_batch
      describe_batch_yaml
      reg_int_garbage
      POST /models?url=stream.mar&initial_workers=0
      scale_stream
      stream
      reg_noop_v1
      reg_noop_v2
      describe_all
      describe_version
      describe_unknown_version
      scale_unknown_version
      set_default_unknown_version
      list
      list_limit0
      list_page
      set_default_ok
      pred_v1_explicit
      unregister_default_forbidden
      unregister_default_noversion_forbidden
      scale_version_sync
      scale_zero_sync
      pred_default_is_v2_noworker
      unregister_v1
      unregister_last
      unregister_unknown_version
      unregister_siamese
      pred_after_unregister
      unregister_version_named
      scale_down_while_inflight
      unregister_while_inflight""";

  static final String KSERVE =
      """
      reg_default_zero_workers
      describe_zero_workers
      describe_customized_zero_workers
      kf1_ready_zero_workers
      ping_zero_workers
      pred_zero_workers
      scale_zero_to_one
      env_kserve_v1_predict
      env_kserve_v1_predict_via_predictions
      env_kserve_v1_raw_image
      reg_echo_kserve
      env_kserve_v1_echo_2inst""";

  static final String BODY =
      """
      reg_linear_env_body
      env_body_linear_list
      env_body_linear_instances""";

  static final String JSON =
      """
      reg_linear_env_json
      env_json_linear_list
      env_json_linear_instances
      reg_echo_json_env
      env_json_resnet18_b64
      env_json_resnet18_plain""";

  static final String MODEL_API_OFF =
      """
      modelapi_off_register
      modelapi_off_scale
      modelapi_off_unregister""";

  static final String ONE_ADDRESS =
      """
      combined_ping
      combined_list
      combined_describe
      combined_describe_version
      combined_register
      combined_invoke
      combined_invocations_two_models
      combined_unregister""";

  static final String CONFIGURED = "cfg_models_json_describe";

  /** Every capture that is replayed. */
  static final Set<String> ALL =
      Stream.of(MODELS, KSERVE, BODY, JSON, MODEL_API_OFF, ONE_ADDRESS, CONFIGURED)
          .flatMap(String::lines)
          .collect(Collectors.toUnmodifiableSet());

  private ContractScripts() {}
}
