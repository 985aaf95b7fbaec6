package dev.sconce.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.handler.Chunks;
import dev.sconce.handler.Deadline;
import dev.sconce.http.Body;
import dev.sconce.http.BodyReader;
import dev.sconce.http.Headers;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

// A model that is waited for may never be asked.
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AsyncInvocationsTest {
  private static final int IN_WORK = 8;
  private static final Duration TIME_TO_LIVE = Duration.ofMinutes(1);
  private static final Duration TIMEOUT = Duration.ofMinutes(15);

  /** A request that the model has to answer. */
  private record Asked(Request request, CompletableFuture<Response> answer) {}

  @TempDir Path directory;
  private final AtomicLong nanos = new AtomicLong();
  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();

  private CompletableFuture<Response> ask(Request request, String model) {
    Asked now = new Asked(request, new CompletableFuture<>());
    asked.add(now);
    return now.answer();
  }

  private AsyncInvocations.Tools tools(
      BiFunction<Request, String, CompletionStage<Response>> model) {
    return new AsyncInvocations.Tools(
        model,
        (failure, request) -> Response.of(500, "text/plain", "" + failure.getMessage()),
        LocalBuckets.in(directory),
        new BodyReader(1),
        1,
        nanos::get);
  }

  private static AsyncCall call(String name) {
    return new AsyncCall(
        name,
        Optional.empty(),
        new S3Location("bucket", List.of("answers", name)),
        new S3Location("bucket", List.of("failures", name)),
        TIME_TO_LIVE,
        TIMEOUT);
  }

  private static Request request() {
    return new Request(
        "id-7",
        "POST",
        "/endpoints/m/async-invocations",
        "",
        "HTTP/1.1",
        Headers.NONE,
        new Body.Empty(),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 34_440),
        Map.of(),
        new CompletableFuture<>());
  }

  private String failure(String name) throws IOException {
    return Files.readString(directory.resolve("bucket/failures").resolve(name));
  }

  /** As many as are in work at a time, each with the model. */
  private List<Asked> inWork(AsyncInvocations invocations) throws InterruptedException {
    for (int i = 0; i < IN_WORK; i++) {
      assertThat(invocations.offer(call("in work " + i), request(), "m")).isTrue();
    }
    List<Asked> all = new ArrayList<>();
    for (int i = 0; i < IN_WORK; i++) {
      all.add(asked.take());
    }
    return all;
  }

  @Test
  void whatWaitsForLongerThanItMayFailsAndNoModelIsAsked() throws Exception {
    AsyncInvocations invocations = new AsyncInvocations(tools(this::ask));
    List<Asked> inWork = inWork(invocations);
    assertThat(invocations.offer(call("late"), request(), "m")).isTrue();
    nanos.addAndGet(TIME_TO_LIVE.toNanos());
    inWork.forEach(one -> one.answer().complete(Response.of(200, "text/plain", "done")));
    invocations.close(Duration.ofMinutes(1));
    assertThat(failure("late"))
        .isEqualTo("it waited for longer than RequestTTLSeconds, " + TIME_TO_LIVE.toSeconds());
    assertThat(asked).isEmpty();
    assertThat(LocalFiles.below(directory.resolve("bucket/answers"))).hasSize(IN_WORK);
  }

  @Test
  void whatStillWaitsWhenTheServerStopsFails() throws Exception {
    AsyncInvocations invocations = new AsyncInvocations(tools(this::ask));
    List<Asked> unused = inWork(invocations);
    assertThat(invocations.offer(call("first"), request(), "m")).isTrue();
    assertThat(invocations.offer(call("second"), request(), "m")).isTrue();
    invocations.close(Duration.ZERO);
    assertThat(failure("first")).isEqualTo("the server was stopped");
    assertThat(failure("second")).isEqualTo("the server was stopped");
    assertThat(asked).isEmpty();
    assertThat(invocations.offer(call("third"), request(), "m")).isFalse();
  }

  /** Runs a call named "x" of a model. */
  private void run(BiFunction<Request, String, CompletionStage<Response>> model) {
    new AsyncJob(tools(model), call("x"), request(), "m").run();
  }

  private static Response stream(Chunks chunks) {
    return new Response(200, Headers.NONE, new Response.Stream(chunks));
  }

  /** A worker waits for whoever is to take the next piece; here no time is left for that. */
  private static void assertNobodyIsWaitedFor(Chunks chunks) {
    chunks.pump(Deadline.after(Duration.ZERO, System::nanoTime));
  }

  @Test
  void aStreamThatBeginsWhenNobodyWaitsForItAnyMoreIsCancelled() throws Exception {
    Chunks chunks = new Chunks(Collections.emptyIterator());
    run(
        (request, model) -> {
          nanos.addAndGet(TIMEOUT.toNanos());
          return request.disconnected().thenApply(gone -> stream(chunks));
        });
    assertThat(failure("x"))
        .isEqualTo("it was in work for longer than InvocationTimeoutSeconds, 900");
    assertNobodyIsWaitedFor(chunks);
  }

  @Test
  void aStreamForWhichThereCanBeNoFileIsCancelled() throws Exception {
    Files.writeString(Files.createDirectory(directory.resolve("bucket")).resolve("answers"), "");
    Chunks chunks = new Chunks(Collections.emptyIterator());
    run((request, model) -> CompletableFuture.completedFuture(stream(chunks)));
    assertThat(failure("x")).contains("is in the way");
    assertNobodyIsWaitedFor(chunks);
  }
}
