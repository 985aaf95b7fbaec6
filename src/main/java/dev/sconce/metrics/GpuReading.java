package dev.sconce.metrics;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * One NVIDIA GPU at one moment, as {@code nvidia-smi} tells it.
 *
 * @param id its number
 * @param utilizationPercent the share of time in which it computed
 */
record GpuReading(
    String id, double utilizationPercent, double usedMegabytes, double totalMegabytes) {
  private static final List<String> COMMAND =
      List.of(
          "nvidia-smi",
          "--query-gpu=index,utilization.gpu,memory.used,memory.total",
          "--format=csv,noheader,nounits");

  /** All of the machine; none where there is no such tool. */
  static List<GpuReading> all() {
    try {
      Process process =
          new ProcessBuilder(COMMAND).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (BufferedReader lines = process.inputReader()) {
        return lines.lines().flatMap(GpuReading::of).toList();
      }
    } catch (IOException e) {
      return List.of();
    }
  }

  /** From a line as {@code 0, 35, 1024, 81559}; none from {@code [N/A]} and words of failure. */
  static Stream<GpuReading> of(String line) {
    String[] cells = line.strip().split(",\\s*");
    try {
      return Stream.of(
          new GpuReading(
              cells[0],
              Double.parseDouble(cells[1]),
              Double.parseDouble(cells[2]),
              Double.parseDouble(cells[3])));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return Stream.empty();
    }
  }
}
