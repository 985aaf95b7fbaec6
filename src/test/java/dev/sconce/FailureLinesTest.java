package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a server's log says of requests that fail. */
class FailureLinesTest {
  private static final Logger SERVER = (Logger) LoggerFactory.getLogger("dev.sconce");

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @TempDir Path directory;

  @BeforeEach
  void listen() {
    lines.start();
    SERVER.addAppender(lines);
    SERVER.setLevel(Level.INFO);
    SERVER.setAdditive(false);
  }

  @AfterEach
  void stopListening() {
    SERVER.setAdditive(true);
    SERVER.setLevel(null);
    SERVER.detachAppender(lines);
  }

  private List<ILoggingEvent> of(String requestId) {
    return lines.list.stream()
        .filter(line -> line.getFormattedMessage().contains(requestId))
        .toList();
  }

  @Test
  void everyFailedRequestHasOneLineWithItsIdAndItsReason() throws Exception {
    try (RunningServer server = RunningServer.withTwin(directory)) {
      MultipartForm form = new MultipartForm().file("left", GoldenPairs.served().left(0));
      HttpResponse<String> response =
          server.send(
              server.inference("/predictions/twin", form).header("x-request-id", "me-1").build());
      assertThat(response.statusCode()).isEqualTo(400);
      server.send(
          server.inference("/predictions/stranger", form).header("x-request-id", "me-2").build());
    }
    assertThat(of("me-1"))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.getFormattedMessage())
                  .startsWith("request me-1: POST /predictions/twin: 400 ")
                  .contains("right");
              assertThat(line.getThrowableProxy()).isNull();
            });
    assertThat(of("me-2"))
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .isEqualTo("request me-2: POST /predictions/stranger: 404 Model not found: stranger");
  }
}
