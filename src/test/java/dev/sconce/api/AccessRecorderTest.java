package dev.sconce.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sconce.http.Request;
import dev.sconce.metrics.MetricRegistry;
import dev.sconce.metrics.MetricsMode;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class AccessRecorderTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger("ACCESS_LOG");

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final MetricRegistry metrics = new MetricRegistry(MetricsMode.ALL, Clock.systemUTC());
  private final AccessRecorder recorder = new AccessRecorder(metrics, "here");

  @BeforeEach
  void listen() {
    lines.start();
    LOG.addAppender(lines);
    LOG.setLevel(Level.INFO);
  }

  @AfterEach
  void stopListening() {
    LOG.setLevel(null);
    LOG.detachAppender(lines);
  }

  private void answered(Request request, int status) {
    recorder.answered(request, status, Duration.ofMillis(12));
  }

  @Test
  void aLineIsLaidOutAsTorchServeDoes() {
    answered(Requests.of("POST", "/predictions/a%20b", ""), 200);
    answered(Requests.of("POST", "/models", "url=echo.mar"), 405);
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            Requests.CLIENT + " \"POST /predictions/a%20b HTTP/1.1\" 200 12",
            Requests.CLIENT + " \"POST /models?url=echo.mar HTTP/1.1\" 405 12");
  }

  @ParameterizedTest
  @CsvSource({
    "url=https://h/x.mar&model_name=m,                      url=https://h/x.mar&model_name=m",
    "url=https://h/x.mar?X-Amz-Signature=secret&X-Amz=more, url=...",
    "model_name=m&URL=https%3A%2F%2Fh%2Fx.mar%3Fsig%3Dab,   model_name=m&URL=...",
    "url=https://me:secret@h/x.mar,                         url=...",
    "url=https%3A%2F%2Fme%40h%2Fx.mar,                      url=...",
    "url=x.mar&handler=a@b,                                 url=x.mar&handler=a@b"
  })
  void urlsWithSecretsAreNotLogged(String query, String logged) {
    answered(Requests.of("POST", "/models", query), 200);
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(Requests.CLIENT + " \"POST /models?" + logged + " HTTP/1.1\" 200 12");
  }

  @Test
  void aPingIsCountedButNotLogged() {
    answered(Requests.of("GET", "/ping", ""), 200);
    assertThat(lines.list).isEmpty();
    assertThat(metrics.text(Set.of("Requests2XX"))).contains("Hostname=\"here\",} 1.0");
  }

  @Test
  void whatIsNeither2xxNor4xxCountsAs5xx() {
    Request request = Requests.of("GET", "/models", "");
    for (int status : new int[] {200, 206, 304, 400, 404, 417, 500, 503, 507}) {
      answered(request, status);
    }
    String text = metrics.text(Set.of());
    assertThat(text).contains("Requests2XX{Level=\"Host\",Hostname=\"here\",} 2.0");
    assertThat(text).contains("Requests4XX{Level=\"Host\",Hostname=\"here\",} 3.0");
    assertThat(text).contains("Requests5XX{Level=\"Host\",Hostname=\"here\",} 4.0");
  }
}
