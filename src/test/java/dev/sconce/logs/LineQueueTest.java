package dev.sconce.logs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines that never come would be waited for without end. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LineQueueTest {
  private final LoggerContext context = new LoggerContext();
  private final ListAppender<ILoggingEvent> warnings = new ListAppender<>();
  private final Gate out = new Gate();

  /** Keeps what is written; the first write waits until it may. */
  private static final class Gate extends OutputStream {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    @Override
    public void write(int one) {
      written.write(one);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      reached.countDown();
      boolean waiting = true;
      while (waiting) {
        try {
          open.await();
          waiting = false;
        } catch (InterruptedException e) {
          // A disk does not care either.
        }
      }
      written.write(bytes, offset, length);
    }

    List<String> lines() {
      return written.toString(StandardCharsets.UTF_8).lines().toList();
    }
  }

  @BeforeEach
  void configure() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    warnings.setContext(context);
    warnings.start();
    context.getLogger(LineQueue.class).addAppender(warnings);
  }

  @AfterEach
  void end() {
    out.open.countDown();
    context.stop();
  }

  /** A logger whose lines go through such a queue. */
  private Logger logger(int capacity) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%msg%n");
    encoder.start();
    OutputStreamAppender<ILoggingEvent> output = new OutputStreamAppender<>();
    output.setContext(context);
    output.setEncoder(encoder);
    output.setOutputStream(out);
    output.start();
    LineQueue queue = new LineQueue(context, "lines", output, capacity);
    queue.start();
    Logger logger = context.getLogger("some");
    logger.addAppender(queue);
    return logger;
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  @Test
  void aLineIsWrittenThoughNoOtherFollows() {
    out.open.countDown();
    logger(1).info("one");
    while (out.lines().isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(out.lines()).containsExactly("one");
  }

  @Test
  void whatStillWaitsAtTheEndIsWrittenInItsOrder() throws Exception {
    Logger logger = logger(1000);
    logger.info("0");
    out.reached.await();
    numbers(1000).stream().skip(1).forEach(logger::info);
    out.open.countDown();
    context.stop();
    assertThat(out.lines()).isEqualTo(numbers(1000));
    assertThat(warnings.list).isEmpty();
  }

  @Test
  void whoLogsNeverWaitsAndHowManyLinesWereLostIsTold() throws Exception {
    Logger logger = logger(2);
    logger.info("0");
    out.reached.await();
    numbers(10).stream().skip(1).forEach(logger::info); // with nobody to take them
    out.open.countDown();
    while (warnings.list.isEmpty()) {
      Thread.onSpinWait();
    }
    context.stop();
    assertThat(out.lines()).containsExactly("0", "1", "2");
    assertThat(warnings.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("lines: 7 lines were lost, for more came than could be written");
  }
}
