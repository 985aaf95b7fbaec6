package dev.sconce.error;

/**
 * What went wrong, in the server's own terms.
 *
 * <p>Each code carries the name TorchServe puts into the {@code type} field of an error body (there
 * it was the simple name of the Java exception), because existing clients read it. Which HTTP
 * status a code becomes is known to the {@code api} room alone.
 */
public enum ErrorCode {
  /**
   * The request itself is wrong: a missing part, a value out of range, bytes that are no picture.
   */
  BAD_REQUEST("BadRequestException"),
  /** No route of this listener has that path. */
  RESOURCE_NOT_FOUND("ResourceNotFoundException"),
  /** The path exists, but not for this method. */
  METHOD_NOT_ALLOWED("MethodNotAllowedException"),
  /** No model of that name is registered, or no archive of that name is in the store. */
  MODEL_NOT_FOUND("ModelNotFoundException"),
  /** The model is registered, but not in that version. */
  MODEL_VERSION_NOT_FOUND("ModelVersionNotFoundException"),
  /** No workflow of that name is there: there are none at all. */
  WORKFLOW_NOT_FOUND("WorkflowNotFoundException"),
  /** That name and version is registered already. */
  CONFLICT("ConflictStatusException"),
  /** The default version cannot be removed while others exist. */
  INVALID_MODEL_VERSION("InvalidModelVersionException"),
  /** The archive, its manifest, its configuration or its weights cannot be served. */
  INVALID_MODEL("InvalidModelException"),
  /** The server's own configuration has faults; it does not start. */
  INVALID_CONFIGURATION("InvalidConfigurationException"),
  /** An archive could not be fetched. */
  DOWNLOAD_FAILED("DownloadArchiveException"),
  /** The caller may not do this, or showed no valid token. */
  INVALID_KEY("InvalidKeyException"),
  /** The request's {@code Expect} header asks for something other than {@code 100-continue}. */
  EXPECTATION_FAILED("ExpectationFailedException"),
  /** The body is larger than the configured limit. */
  PAYLOAD_TOO_LARGE("PayloadTooLargeException"),
  /** The request's deadline passed before an answer was ready. */
  REQUEST_TIMEOUT("RequestTimeoutException"),
  /** The model has no worker that could answer. */
  NO_WORKER("ServiceUnavailableException"),
  /** The model's job queue is full; trying again later can help. */
  QUEUE_FULL("ServiceUnavailableException"),
  /** The server is stopping. */
  STOPPING("ServiceUnavailableException"),
  /**
   * The device or the heap had no memory left; on the wire TorchServe's name for a worker's
   * failure.
   */
  OUT_OF_MEMORY("InternalServerException"),
  /** The fault is the server's or a handler's; details are in the log, not in the answer. */
  INTERNAL("InternalServerException");

  private final String wireName;

  ErrorCode(String wireName) {
    this.wireName = wireName;
  }

  /**
   * TorchServe's name for this failure, as it stands in the {@code type} field of an error body.
   */
  public String wireName() {
    return wireName;
  }
}
