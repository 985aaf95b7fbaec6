package dev.sconce.bench;

import dev.sconce.json.PythonJson;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;

/**
 * Runs a tool from the command line: its options are picocli's, what it found is printed as one
 * JSON object on one line. Everything else that anybody prints goes to standard error.
 */
final class Tool {
  /** Of times in nanoseconds; a thousandth of a value is told apart. */
  private static final int DIGITS = 3;

  private Tool() {}

  /** Runs {@code tool} and ends the process. */
  static void main(Callable<Map<String, Object>> tool, String... arguments) {
    System.exit(run(tool, arguments));
  }

  /**
   * Runs {@code tool}.
   *
   * @return the process's exit code: 1 if it failed, 2 if the arguments are wrong
   */
  static int run(Callable<Map<String, Object>> tool, String... arguments) {
    PrintStream out = System.out;
    System.setOut(System.err);
    CommandLine commandLine = new CommandLine(tool);
    int code = commandLine.execute(arguments);
    Map<String, Object> found = commandLine.getExecutionResult();
    if (found != null) {
      out.println(new String(PythonJson.oneLine(found), StandardCharsets.US_ASCII));
      out.flush();
    }
    return code;
  }

  /** An empty histogram of nanoseconds that grows as it needs to. */
  static Histogram nanos() {
    return new Histogram(DIGITS);
  }

  /**
   * Percentiles in milliseconds under {@code p50Ms}, {@code p95Ms}, {@code p99Ms} and {@code
   * maxMs}; nothing if nothing was measured.
   */
  static Map<String, Object> milliseconds(Histogram nanos) {
    Map<String, Object> times = new LinkedHashMap<>();
    if (nanos.getTotalCount() > 0) {
      for (int percentile : new int[] {50, 95, 99}) {
        times.put("p" + percentile + "Ms", milliseconds(nanos.getValueAtPercentile(percentile)));
      }
      times.put("maxMs", milliseconds(nanos.getMaxValue()));
    }
    return times;
  }

  private static double milliseconds(long nanos) {
    return rounded(nanos / (double) TimeUnit.MILLISECONDS.toNanos(1));
  }

  /** Rounded so that nobody takes noise for precision. */
  static double rounded(double value) {
    return value == 0 ? 0 : new BigDecimal(value, new MathContext(5)).doubleValue();
  }
}
