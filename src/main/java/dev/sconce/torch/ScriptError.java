package dev.sconce.torch;

import java.util.Arrays;

/** What libtorch writes of a script that failed: see {@link TorchModule#reason}. */
final class ScriptError {
  private static final String MARK = "<--- HERE";

  private ScriptError() {}

  static String reason(String message) {
    String[] lines = message.strip().split("\\R");
    String said =
        Arrays.stream(lines)
            .map(line -> line + " ")
            .filter(line -> line.contains("Error: "))
            .reduce((first, second) -> second)
            .map(line -> line.replaceFirst("^.*?Error: ", "").strip())
            .orElse(lines[0]);
    boolean bare = said.isEmpty() || said.endsWith("Error:");
    return bare ? said.replaceFirst("^$", "Error:") + " " + place(lines) : said;
  }

  /** The source line that failed: the last one with a mark under it. */
  private static String place(String... lines) {
    for (int i = lines.length - 1; i > 0; i--) {
      if (lines[i].contains(MARK)) {
        return lines[i - 1].strip();
      }
    }
    return "without a message";
  }
}
