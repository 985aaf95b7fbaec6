package dev.sconce;

import dev.sconce.http.RawClient.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a running TorchServe 0.12.0 was asked and answered, for whoever sends it by another client.
 *
 * @param arguments the curl command's, as a shell takes them apart
 */
record Capture(List<String> arguments, Reply reply) {

  static Capture read(String name) throws IOException {
    return new Capture(
        CurlCommand.words(TorchServeAnswer.command(name)), TorchServeAnswer.reply(name));
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

  int status() {
    return reply.status();
  }

  /** In small letters. */
  Set<String> headerNames() {
    Set<String> names = new TreeSet<>();
    for (String header : reply.headers()) {
      names.add(header.substring(0, header.indexOf(':')).toLowerCase(Locale.ROOT));
    }
    return names;
  }

  String body() {
    return reply.body();
  }
}
