package dev.sconce.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.util.FileSize;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** The patterns are those of the lines that a running TorchServe 0.12.0 wrote. */
class ServerLogsTest {
  private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d,\\d{3}";
  private static final FileSize LARGE = new FileSize(1 << 20);

  @TempDir Path directory;
  private final LoggerContext context = new LoggerContext();
  private final ListAppender<ILoggingEvent> warnings = new ListAppender<>();
  private final Logger own = (Logger) LoggerFactory.getLogger(ServerLogs.class);

  @BeforeEach
  void listen() {
    context.setMDCAdapter(new LogbackMDCAdapter()); // else Logback loses every line
    warnings.start();
    own.addAppender(warnings);
  }

  @AfterEach
  void end() {
    own.detachAppender(warnings);
    context.stop();
  }

  private LogSettings settings(LogFormat format, Path logs) {
    return new LogSettings(
        format,
        Optional.empty(),
        Optional.of(logs),
        Optional.of(directory.resolve("metrics")),
        Optional.empty());
  }

  private LogSettings withConfiguration(Path file) {
    return new LogSettings(
        LogFormat.TEXT,
        Optional.empty(),
        Optional.of(directory),
        Optional.of(directory),
        Optional.of(file));
  }

  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(directory.resolve(file));
  }

  private void log(String logger, String message) {
    context.getLogger(logger).info(message);
  }

  private void logOnWorker(String logger, String message) throws InterruptedException {
    Thread worker = new Thread(() -> log(logger, message), "W-9000-siamese_1.0");
    worker.start();
    worker.join();
  }

  @Test
  void everyLineGoesToItsFileInTorchServesLayout() throws Exception {
    ServerLogs logs = ServerLogs.open(context, settings(LogFormat.TEXT, directory), LARGE);
    log("dev.sconce.ModelServer", "Listening");
    log("ACCESS_LOG", "/127.0.0.1:49814 \"GET /models HTTP/1.1\" 200 3");
    log("TS_METRICS", "Requests2XX.Count:1.0|#Level:Host|#hostname:vm,timestamp:1795233262");
    log("MODEL_METRICS", "PredictionTime.ms:1.5|#ModelName:a,Level:Model|#hostname:vm,…");
    logOnWorker("com.example.WordCount", "counted");
    logOnWorker("dev.sconce.worker.BatchRun", "a batch");
    logs.close();
    assertThat(lines("access_log.log"))
        .singleElement()
        .asString()
        .matches(TIME + " - /127\\.0\\.0\\.1:\\d+ \"GET /models HTTP/1\\.1\" 200 3");
    assertThat(lines("ts_log.log")).hasSize(2);
    assertThat(lines("ts_log.log").get(0))
        .matches(TIME + " \\[INFO ] \\S+ dev\\.sconce\\.ModelServer - Listening");
    assertThat(lines("ts_log.log").get(1)).endsWith("dev.sconce.worker.BatchRun - a batch");
    assertThat(lines("model_log.log"))
        .singleElement()
        .asString()
        .matches(TIME + " \\[INFO ] W-9000-siamese_1\\.0 com\\.example\\.WordCount - counted");
    assertThat(lines("metrics/ts_metrics.log"))
        .singleElement()
        .asString()
        .matches(TIME + " - Requests2XX\\.Count:1\\.0\\|#Level:Host\\|#hostname:vm,timestamp:\\d+");
    assertThat(lines("metrics/model_metrics.log")).hasSize(1);
    assertThat(warnings.list).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "log_access.sample, ACCESS_LOG, access_log.log",
    "log_ts_metrics.sample, TS_METRICS, metrics/ts_metrics.log",
    "log_model_metrics.sample, MODEL_METRICS, metrics/model_metrics.log"
  })
  void whatTorchServeWroteIsWrittenTheSame(String capture, String logger, String file)
      throws Exception {
    Path sample = Path.of("src/test/resources/contract", capture + ".txt");
    List<String> theirs = Files.readAllLines(sample);
    ServerLogs logs = ServerLogs.open(context, settings(LogFormat.TEXT, directory), LARGE);
    theirs.forEach(line -> log(logger, line.substring(line.indexOf(" - ") + " - ".length())));
    logs.close();
    assertThat(lines(file)).hasSameSizeAs(theirs).allMatch(line -> line.matches(TIME + " - .*"));
    assertThat(untimed(lines(file))).isNotEmpty().isEqualTo(untimed(theirs));
  }

  private static List<String> untimed(List<String> lines) {
    return lines.stream().map(line -> line.replaceFirst("^" + TIME, "")).toList();
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsWarnedOfOnceAndTheRestIsWritten() throws Exception {
    Path notADirectory = Files.writeString(directory.resolve("file"), "");
    LogSettings settings = settings(LogFormat.TEXT, notADirectory.resolve("logs"));
    ServerLogs logs = ServerLogs.open(context, settings, LARGE);
    log("dev.sconce.ModelServer", "Listening");
    log("TS_METRICS", "one");
    logs.close();
    assertThat(warnings.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "["
                + notADirectory.resolve("logs").toAbsolutePath()
                + "] cannot be written: this log is on standard output only");
    assertThat(lines("metrics/ts_metrics.log")).hasSize(1);
  }

  @Test
  void aLineCanBeAJsonObject() throws Exception {
    ServerLogs logs = ServerLogs.open(context, settings(LogFormat.JSON, directory), LARGE);
    context.getLogger("dev.sconce.api").error("request {}: \"bad\"", 7, new IOException("why"));
    logs.close();
    JsonNode line = new ObjectMapper().readTree(lines("ts_log.log").get(0));
    assertThat(lines("ts_log.log")).hasSize(1);
    assertThat(line.get("level").textValue()).isEqualTo("ERROR");
    assertThat(line.get("loggerName").textValue()).isEqualTo("dev.sconce.api");
    assertThat(line.get("formattedMessage").textValue()).isEqualTo("request 7: \"bad\"");
    assertThat(line.get("throwable").get("message").textValue()).isEqualTo("why");
    assertThat(line.get("timestamp").isNumber()).isTrue();
    assertThat(line.fieldNames())
        .toIterable()
        .containsExactly(
            "timestamp",
            "level",
            "threadName",
            "loggerName",
            "mdc",
            "formattedMessage",
            "throwable");
  }

  @Test
  void aFullFileIsRolledAndOldOnesGo() throws Exception {
    ServerLogs logs =
        ServerLogs.open(context, settings(LogFormat.TEXT, directory), new FileSize(1000));
    for (int i = 0; i < 200; i++) {
      log("ACCESS_LOG", "x".repeat(80));
    }
    // Before the end, at which no more is rolled: ten lines a file.
    while (rolled().noneMatch(name -> name.endsWith(".18.log.gz"))
        || !rolled().allMatch(name -> name.endsWith(".gz"))) {
      Thread.onSpinWait();
    }
    logs.close();
    assertThat(rolled())
        .allMatch(name -> name.matches("access_log\\.\\d{4}-\\d\\d-\\d\\d\\.\\d+\\.log\\.gz"));
    assertThat(Files.size(directory.resolve("access_log.log"))).isLessThan(200 * 80);
  }

  /** The files that the access log was rolled into. */
  private Stream<String> rolled() {
    return Arrays.stream(Objects.requireNonNull(directory.toFile().list()))
        .filter(name -> name.startsWith("access_log.") && !name.equals("access_log.log"));
  }

  @Test
  void aLogbackConfigurationStandsInForEverything() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("logback.xml"),
            """
            <configuration>
              <appender name="mine" class="ch.qos.logback.core.FileAppender">
                <file>%s</file>
                <encoder><pattern>%%msg%%n</pattern></encoder>
              </appender>
              <root level="INFO"><appender-ref ref="mine"/></root>
            </configuration>
            """
                .formatted(directory.resolve("mine.log")));
    LogSettings settings = withConfiguration(file);
    ServerLogs logs = ServerLogs.open(context, settings, LARGE);
    log("dev.sconce.ModelServer", "Listening");
    logs.close();
    assertThat(lines("mine.log")).containsExactly("Listening");
    assertThat(directory.resolve("ts_log.log")).doesNotExist();
  }

  @Test
  void log4jsConfigurationIsToldOfAndNotUsed() throws Exception {
    Path file = Files.writeString(directory.resolve("log4j2.xml"), "<Configuration/>");
    LogSettings settings = withConfiguration(file);
    ServerLogs logs = ServerLogs.open(context, settings, LARGE);
    log("dev.sconce.ModelServer", "Listening");
    logs.close();
    assertThat(warnings.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "--log-config: " + file + " is written for Log4j (expected: Logback's form); not used");
    assertThat(lines("ts_log.log")).hasSize(1);
  }

  @Test
  void aConfigurationThatIsNoneStopsTheStart() throws Exception {
    Path file = Files.writeString(directory.resolve("logback.xml"), "rootLogger=INFO");
    LogSettings settings = withConfiguration(file);
    assertThatThrownBy(() -> ServerLogs.open(context, settings, LARGE))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("--log-config: " + file + " (expected: a Logback configuration)");
  }

  @Test
  void aLevelLeavesOutWhatIsBelowItAndNoFilesAreWrittenWhereNoneAreNamed() {
    LogSettings settings =
        new LogSettings(
            LogFormat.TEXT,
            Optional.of(LogLevel.WARN),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    ServerLogs logs = ServerLogs.open(context, settings, LARGE);
    assertThat(context.getLogger("dev.sconce.ModelServer").isInfoEnabled()).isFalse();
    assertThat(context.getLogger("ACCESS_LOG").isWarnEnabled()).isTrue();
    assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders())
        .toIterable()
        .extracting("name")
        .containsExactly("console");
    assertThat(context.getLogger("TS_METRICS").iteratorForAppenders().hasNext()).isFalse();
    logs.close();
    assertThat(warnings.list).isEmpty();
  }
}
