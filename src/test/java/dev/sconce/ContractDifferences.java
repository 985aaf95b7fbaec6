package dev.sconce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Where this server answers otherwise than TorchServe did, and which row of README.md says so. */
final class ContractDifferences {
  /**
   * Rows that hold for every capture; the first words of what README's table says of TorchServe.
   */
  static final String NO_CONTENT_TYPE = "`HTTP/1.1 200 ` without reason or content type";

  static final String CLOSES = "every status from 400 on closes the connection";

  private static final String BAD_INPUT = "a bad picture, a missing part, a wrong type: 503";
  private static final String EXCEPTION = "any other exception in a handler: 503";
  private static final String PARAMETERS = "wrong management parameters are ignored or crash";
  private static final String NO_WORKER = "\"no worker\" and \"queue full\" are one message";
  private static final String STORE_ONLY = "any URL may be registered";
  private static final String ONE_PROCESS =
      "one process and one copy of the weights for each worker";
  private static final String NAMED_HANDLER = "an archive's `handler.py` decides";
  private static final String MEMORY = "\"Out of resources\"";
  private static final String ENVELOPED = "`text_classifier` looks at the first request of a batch";
  private static final String CLIENTS_ID = "a client's `x-request-id` is ignored";

  /**
   * A difference.
   *
   * @param row the beginning of a row of README's table
   * @param captures the captures that differ
   * @param ours what is answered instead: status, and of an error its type and the message's
   *     beginning; empty if these are TorchServe's
   */
  record Difference(String row, List<String> captures, Optional<String> ours) {}

  static final List<Difference> ALL = all();

  private ContractDifferences() {}

  static Optional<Difference> of(String capture) {
    return ALL.stream().filter(difference -> difference.captures().contains(capture)).findFirst();
  }

  private static List<Difference> all() {
    List<Difference> all = new ArrayList<>();
    refused(all);
    all.add(
        answer(
            EXCEPTION,
            "500 InternalServerException Prediction failed",
            "echo_mode_raise",
            "echo_mode_notlist",
            "echo_mode_short",
            "echo_mode_unser"));
    all.add(answer(MEMORY, "507 InternalServerException out of memory: ", "echo_mode_mem"));
    all.add(
        answer(
            NO_WORKER,
            "503 ServiceUnavailableException Model \"%s\" has no worker to serve inference request."
                + " Please use scale workers API to add workers.",
            "pred_no_workers",
            "pred_default_is_v2_noworker",
            "pred_zero_workers"));
    all.add(answer("413 with an empty body", "413 PayloadTooLargeException ", "too_large"));
    all.add(
        answer(
            "`base_handler` answers nothing without an envelope",
            "200",
            "pred_linear_base_handler_json"));
    all.add(answer(ENVELOPED, "200", "env_kserve_v1_echo_2inst"));
    return all;
  }

  private static void refused(List<Difference> all) {
    String type = "400 BadRequestException ";
    all.add(answer(BAD_INPUT, type, "pred_bad_image", "pred_bad_image_siamese"));
  }

  private static Difference answer(String row, String ours, String... captures) {
    return new Difference(row, Arrays.asList(captures), Optional.of(ours));
  }

  static Difference body(String row, String... captures) {
    return new Difference(row, Arrays.asList(captures), Optional.empty());
  }
}
