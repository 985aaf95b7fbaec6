package dev.sconce.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Input;
import dev.sconce.metrics.MetricRegistry;
import dev.sconce.metrics.MetricsMode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class InferenceMetricsTest {
  private static final String MODEL = "model_name=\"echo\",model_version=\"1.0\",";

  /** Says what went wrong for texts that begin with it. */
  private static final class Refusing extends EchoHandler {
    @Override
    public String preprocess(Input input) throws Exception {
      String text = super.preprocess(input);
      if (text.equals("bad")) {
        throw new ServingException(ErrorCode.BAD_REQUEST, "data: bad (expected: good)");
      }
      if (text.equals("broken")) {
        throw new IllegalStateException("broken");
      }
      return text;
    }
  }

  private static String metrics(PoolFixture fixture) {
    return fixture.registry.text(Set.of());
  }

  private static void sendAndWait(PoolFixture fixture, String text) throws Exception {
    try {
      fixture.send(text).get();
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(ServingException.class);
    }
  }

  @Test
  void whatBecomesOfEachRequestIsCountedUnderTheModelsRealVersion() throws Exception {
    PoolFixture fixture =
        new PoolFixture(PoolFixture.settings(1, Duration.ZERO, 10), new Refusing());
    assertThatThrownBy(() -> fixture.send("early")).hasMessageContaining("no worker");
    fixture.scale(1);
    for (String text : List.of("a", "b", "bad", "broken")) {
      sendAndWait(fixture, text);
    }
    fixture.scale(0); // then the worker has told everything
    String text = metrics(fixture);
    for (String line :
        List.of(
            "sconce_requests_total{" + MODEL + "outcome=\"ok\",} 2.0",
            "sconce_requests_total{" + MODEL + "outcome=\"client_error\",} 1.0",
            "sconce_requests_total{" + MODEL + "outcome=\"server_error\",} 1.0",
            "sconce_requests_total{" + MODEL + "outcome=\"no_worker\",} 1.0",
            "sconce_requests_total{" + MODEL + "outcome=\"queue_full\",} 0.0",
            "sconce_request_duration_seconds_count{" + MODEL + "} 4.0",
            "sconce_queue_duration_seconds_count{" + MODEL + "} 4.0",
            "sconce_preprocess_duration_seconds_count{" + MODEL + "} 4.0",
            "sconce_inference_duration_seconds_count{" + MODEL + "} 2.0",
            "sconce_postprocess_duration_seconds_count{" + MODEL + "} 2.0",
            "sconce_batch_size_bucket{" + MODEL + "le=\"1.0\",} 4.0",
            "sconce_queue_depth{" + MODEL + "} 0.0",
            "ts_inference_requests_total{model_name=\"echo\",model_version=\"default\","
                + "hostname=\"host\",} 5.0")) {
      assertThat(text).contains(line);
    }
    fixture.close();
  }

  @Test
  void fullQueuesExpiredAndAbandonedRequestsAreTold() throws Exception {
    BlockingHandler handler = new BlockingHandler();
    PoolFixture fixture = new PoolFixture(PoolFixture.settings(1, Duration.ZERO, 2), handler);
    fixture.scale(1);
    var first = fixture.send("first");
    handler.entered.await();
    var gone = fixture.send("gone");
    var late = fixture.send("late", Duration.ofMillis(1));
    gone.cancel(false);
    assertThatThrownBy(late::get).hasMessageContaining("response timeout");
    var waiting = List.of(fixture.send("b"), fixture.send("c"));
    assertThatThrownBy(() -> fixture.send("d")).hasMessageContaining("queue is full");
    assertThat(metrics(fixture))
        .contains("sconce_queue_depth{" + MODEL + "} 2.0")
        .contains("sconce_workers{" + MODEL + "state=\"ready\",} 1.0")
        .contains("sconce_workers{" + MODEL + "state=\"loading\",} 0.0");
    handler.release.countDown();
    first.get();
    for (var answer : waiting) {
      answer.get();
    }
    fixture.scale(0);
    assertThat(metrics(fixture))
        .contains("sconce_requests_total{" + MODEL + "outcome=\"expired\",} 1.0")
        .contains("sconce_requests_total{" + MODEL + "outcome=\"cancelled\",} 1.0")
        .contains("sconce_requests_total{" + MODEL + "outcome=\"queue_full\",} 1.0");
    fixture.close();
  }

  @Test
  void aModelsMetricsGoWithIt() throws Exception {
    PoolFixture fixture =
        new PoolFixture(PoolFixture.settings(1, Duration.ZERO, 10), new EchoHandler());
    fixture.scale(1);
    sendAndWait(fixture, "a");
    assertThat(metrics(fixture)).contains("\"echo\"", "W-9000-echo_1.0");
    fixture.close();
    assertThat(metrics(fixture)).doesNotContain("echo");
  }

  @Test
  void aVersionThatIsRegisteredAnewKeepsItsMetricsWhenTheOldOneHasEnded() {
    MetricRegistry registry = new MetricRegistry(MetricsMode.ALL, Clock.systemUTC());
    InferenceMetrics metrics = new InferenceMetrics(registry, "host");
    ModelMetrics old = metrics.open("echo", "1.0", List::of, () -> 3);
    ModelMetrics renewed = metrics.open("echo", "1.0", List::of, () -> 4);
    assertThat(registry.text(Set.of())).contains("sconce_queue_depth{" + MODEL + "} 7.0");
    metrics.close(old);
    renewed.requested("default");
    assertThat(registry.text(Set.of()))
        .contains("sconce_queue_depth{" + MODEL + "} 4.0")
        .contains("sconce_requests_total{" + MODEL + "outcome=\"ok\",} 0.0");
    metrics.close(renewed);
    assertThat(registry.text(Set.of())).doesNotContain("echo");
  }

  @Test
  void anotherVersionKeepsWhatBelongsToTheModel() {
    MetricRegistry registry = new MetricRegistry(MetricsMode.ALL, Clock.systemUTC());
    InferenceMetrics metrics = new InferenceMetrics(registry, "host");
    ModelMetrics first = metrics.open("echo", "1.0", List::of, () -> 0);
    ModelMetrics second = metrics.open("echo", "2.0", List::of, () -> 0);
    first.requested("1.0");
    second.requested("default");
    metrics.close(first);
    assertThat(registry.text(Set.of()))
        .contains("model_version=\"default\"", "model_version=\"2.0\"")
        .doesNotContain("model_version=\"1.0\"");
    metrics.close(second);
  }
}
