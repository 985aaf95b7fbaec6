package dev.sconce;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a running TorchServe 0.12.0 answered: the curl command, then the raw answer.
 *
 * @param arguments the command's, as a shell takes them apart
 * @param status the answer's status
 * @param headerNames in small letters
 * @param body without curl's own last line
 */
record Capture(List<String> arguments, int status, Set<String> headerNames, String body) {

  static Capture read(String name) throws IOException {
    String text = Files.readString(Path.of("src/test/resources/contract", name + ".txt"));
    int command = text.indexOf('\n');
    int head = text.replace("\r", "").indexOf("\n\n");
    String plain = text.replace("\r", "");
    String[] lines = plain.substring(command + 1, head).split("\n");
    Set<String> names = new TreeSet<>();
    for (int i = 1; i < lines.length; i++) {
      names.add(lines[i].substring(0, lines[i].indexOf(':')).toLowerCase(Locale.ROOT));
    }
    String body = plain.substring(head + 2).replaceFirst("\n?\\[curl exit 0]\\s*$", "");
    return new Capture(
        words(text.substring(0, command)), Integer.parseInt(lines[0].split(" ")[1]), names, body);
  }

  /** What stands behind a flag, each time it comes. */
  List<String> values(String flag) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i + 1 < arguments.size(); i++) {
      if (arguments.get(i).equals(flag)) {
        values.add(arguments.get(i + 1));
      }
    }
    return values;
  }

  String url() {
    return arguments.stream().filter(word -> word.startsWith("http")).findFirst().orElseThrow();
  }

  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < command.length(); i++) {
      char c = command.charAt(i);
      if (c == ' ') {
        words.add(word.toString());
        word.setLength(0);
      } else {
        word.append(c == '\\' ? command.charAt(++i) : c);
      }
    }
    words.add(word.toString());
    return words;
  }
}
