package dev.sconce.sagemaker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.BodyReader;
import dev.sconce.http.Endpoint;
import dev.sconce.http.ErrorRenderer;
import dev.sconce.http.Filter;
import dev.sconce.http.HttpSettings;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.http.Router;
import dev.sconce.json.ManagementJson;
import dev.sconce.model.Models;
import dev.sconce.sagemaker.AsyncInvocations.Tools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/**
 * What {@code boto3.client("sagemaker-runtime")} calls, answered as SageMaker answers it with this
 * server behind an endpoint: for a laptop, where nobody's signature is checked. Safe from any
 * thread.
 */
public final class LocalEndpoints {
  /** How much longer than it is given {@link #close} may take. */
  public static final Duration LAST_FILES = AsyncInvocations.LAST_FILES;

  private static final String PATH = "/endpoints/{endpoint}/";

  /** SageMaker's own form of names, and what names of models have besides. */
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}");

  private final Container container;
  private final AsyncInvocations async;

  /**
   * Endpoints in front of {@code models}.
   *
   * @param directory stands in for S3; made if it is not there
   * @param errors how the server's own failures are told
   * @param http how large a body, and how many fields a form, may have
   * @throws ServingException {@code INVALID_CONFIGURATION} if there can be no such directory
   */
  public LocalEndpoints(Path directory, Models models, ErrorRenderer errors, HttpSettings http) {
    container = new Container(models, errors);
    async =
        new AsyncInvocations(
            new Tools(
                container::answer,
                errors,
                LocalBuckets.in(directory),
                new BodyReader(http.maxFormFields()),
                http.maxBodyBytes(),
                System::nanoTime));
  }

  /** Adds the routes, each behind {@code guard}. */
  public void addTo(Router.Builder router, Filter guard) {
    router
        .route("POST", PATH + "invocations", behind(guard, this::invoke))
        .route("POST", PATH + "invocations-response-stream", behind(guard, this::stream))
        .route("POST", PATH + "async-invocations", behind(guard, this::invokeLater));
  }

  /**
   * Takes no more asynchronous calls, and lets those it has finish; what has not by then, fails.
   * Blocks.
   */
  public void close(Duration patience) {
    async.close(patience);
  }

  /** A call that is wrong is refused as SageMaker refuses it. */
  private static Endpoint behind(Filter guard, Endpoint endpoint) {
    return request ->
        guard.answer(
            request,
            allowed -> {
              try {
                return endpoint.answer(allowed);
              } catch (ServingException e) {
                return CompletableFuture.completedFuture(RuntimeErrors.validation(e.getMessage()));
              }
            });
  }

  private CompletionStage<Response> invoke(Request call) {
    return new Front(container, endpoint(call), call, AnswerForm.PLAIN).answer();
  }

  private CompletionStage<Response> stream(Request call) {
    return new Front(container, endpoint(call), call, AnswerForm.FRAMES).answer();
  }

  private CompletionStage<Response> invokeLater(Request call) {
    String endpoint = endpoint(call);
    String model = container.model(endpoint, call);
    AsyncCall read = AsyncCall.of(endpoint, call);
    if (!async.offer(read, Container.inner(call), model)) {
      return CompletableFuture.completedFuture(
          RuntimeErrors.unavailable("too many asynchronous calls are waiting"));
    }
    byte[] body = ManagementJson.bytes(Map.of("InferenceId", read.inferenceId()));
    return CompletableFuture.completedFuture(
        Response.of(202, "application/json", body)
            .withHeader(RuntimeHeaders.PREFIX + "outputlocation", read.output().toString())
            .withHeader(RuntimeHeaders.PREFIX + "failurelocation", read.failure().toString())
            .withHeader(RuntimeHeaders.REQUEST_ID, call.id()));
  }

  private static String endpoint(Request call) {
    String name = call.pathVariable("endpoint");
    if (!NAME.matcher(name).matches()) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST, "EndpointName: %s (expected: %s)".formatted(name, NAME));
    }
    return name;
  }
}
