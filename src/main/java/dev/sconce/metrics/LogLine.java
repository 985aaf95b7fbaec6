package dev.sconce.metrics;

import java.time.Clock;
import java.util.regex.Pattern;
import org.slf4j.Logger;

/**
 * One metric's lines in the log, in TorchServe's words: {@code
 * PredictionTime.ms:1450.63|#ModelName:siamese,Level:Model|#hostname:vm,requestID:7b…,timestamp:17…}.
 */
final class LogLine {
  /** What ends a label's value, or a line. */
  private static final Pattern ENDING = Pattern.compile("[\\p{Cntrl}|,#]");

  private final Logger log;
  private final Clock clock;
  private final String start;
  private final String end;

  /**
   * The lines of a metric.
   *
   * @param labelNames its labels; the host name's comes last
   */
  LogLine(Logger log, Clock clock, String name, String unit, String[] labelNames, String[] values) {
    this.log = log;
    this.clock = clock;
    this.start = name + "." + unit + ":";
    StringBuilder labels = new StringBuilder("|#");
    int last = labelNames.length - 1;
    for (int i = 0; i < last; i++) {
      labels.append(i == 0 ? "" : ",").append(labelNames[i]).append(':').append(oneWord(values[i]));
    }
    this.end = labels.append("|#hostname:").append(values[last]).toString();
  }

  /** Values may be a handler's, and come from a request. */
  private static String oneWord(String value) {
    return ENDING.matcher(value).replaceAll("_");
  }

  void write(double value) {
    if (log.isInfoEnabled()) {
      log.info(start + value + end + ",timestamp:" + seconds());
    }
  }

  void write(double value, String requestIds) {
    if (log.isInfoEnabled()) {
      log.info(start + value + end + ",requestID:" + requestIds + ",timestamp:" + seconds());
    }
  }

  private long seconds() {
    return clock.instant().getEpochSecond();
  }
}
