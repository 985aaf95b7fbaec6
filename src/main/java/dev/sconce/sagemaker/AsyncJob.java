package dev.sconce.sagemaker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Deadline;
import dev.sconce.http.Body;
import dev.sconce.http.Refuser;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.sagemaker.AsyncInvocations.Tools;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One asynchronous call: from its input to the file of its answer, or of its failure, which is what
 * the container would have answered. Run once, by one thread.
 */
final class AsyncJob implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(AsyncJob.class);

  private final Tools tools;
  private final AsyncCall call;
  private final Request inner;
  private final String model;
  private final Deadline turn;

  /** A call that waits for its turn from now on. */
  AsyncJob(Tools tools, AsyncCall call, Request inner, String model) {
    this.tools = tools;
    this.call = call;
    this.inner = inner;
    this.model = model;
    this.turn = Deadline.after(call.timeToLive(), tools.nanoClock());
  }

  @Override
  public void run() {
    try {
      if (turn.hasPassed()) {
        throw expired("it waited for longer than RequestTTLSeconds", call.timeToLive());
      }
      answer(request());
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      fail(e);
    }
  }

  /** The server stops before it was this call's turn. */
  void giveUp() {
    fail(stopped());
  }

  private static ServingException stopped() {
    return new ServingException(ErrorCode.STOPPING, "the server was stopped");
  }

  private static ServingException expired(String what, Duration allowed) {
    return new ServingException(
        ErrorCode.REQUEST_TIMEOUT, "%s, %d".formatted(what, allowed.toSeconds()));
  }

  /** The call with its body, read by the type that it names; it does not end with a connection. */
  private Request request() throws IOException {
    String contentType = inner.header("content-type").orElse("");
    Body body = inner.body();
    if (call.input().isPresent()) {
      byte[] bytes = tools.buckets().read(call.input().get(), tools.maxBodyBytes());
      body = tools.bodies().read(bytes, contentType);
    } else if (body instanceof Body.Raw raw) {
      byte[] bytes = new byte[raw.content().remaining()];
      raw.content().get(bytes);
      body = tools.bodies().read(bytes, contentType);
    }
    return new Request(
        inner.id(),
        inner.method(),
        inner.path(),
        inner.query(),
        inner.protocol(),
        inner.headers(),
        body,
        inner.remoteAddress(),
        Map.of(),
        new CompletableFuture<>());
  }

  private void answer(Request request) throws IOException {
    Deadline end = Deadline.after(call.timeout(), tools.nanoClock());
    try {
      Response answer = awaited(tools.model().apply(request, model).toCompletableFuture(), end);
      write(answer.status() < 300 ? call.output() : call.failure(), answer, end);
    } finally {
      request.disconnected().complete(null); // whatever still works on it need not
    }
  }

  /** The answer; of one that comes too late nothing is taken. */
  private Response awaited(CompletableFuture<Response> answer, Deadline end) {
    try {
      return inTime(answer, end);
    } catch (RuntimeException e) {
      CompletableFuture<Void> unused = answer.thenAccept(Refuser::refuse);
      throw e;
    }
  }

  private <T> T inTime(Future<T> awaited, Deadline end) {
    try {
      return awaited.get(Math.max(0, end.timeLeft().toNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw expired("it was in work for longer than InvocationTimeoutSeconds", call.timeout());
    } catch (InterruptedException e) {
      throw stopped(); // the thread is the pool's, which has no more use for it
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ServingException known
          ? known
          : new IllegalStateException(e.getCause());
    }
  }

  private void write(S3Location location, Response answer, Deadline end) throws IOException {
    try (Upload upload = begun(location, answer)) {
      if (answer.content() instanceof Response.Whole whole) {
        upload.write(whole.bytes());
      } else if (answer.content() instanceof Response.Stream stream) {
        PieceWriter writer = new PieceWriter(upload);
        stream.pieces().subscribe(writer);
        try {
          Void unused = inTime(writer.done(), end);
        } finally {
          writer.cancel();
        }
      }
      upload.finish();
    }
    log.info("request {}: inference {} is at {}", inner.id(), call.inferenceId(), location);
  }

  private Upload begun(S3Location location, Response answer) throws IOException {
    try {
      return tools.buckets().create(location);
    } catch (IOException | RuntimeException e) {
      Refuser.refuse(answer);
      throw e;
    }
  }

  private void fail(Throwable why) {
    boolean unused = Thread.interrupted(); // or else nothing could be written
    Deadline end = Deadline.after(call.timeout(), tools.nanoClock());
    try {
      write(call.failure(), tools.errors().render(why, inner), end);
    } catch (IOException | RuntimeException e) {
      log.error("request {}: {} cannot be written", inner.id(), call.failure(), e);
    }
  }
}
