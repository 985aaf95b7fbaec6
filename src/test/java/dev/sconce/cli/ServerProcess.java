package dev.sconce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, with the server's own log on standard output. */
final class ServerProcess implements AutoCloseable {
  /** The server's own, not that of the tests. */
  private static final Path LOGBACK = Path.of("src/main/resources/logback.xml");

  private static final Pattern PORTS = Pattern.compile(":(\\d+)");

  private final Process process;
  private final BufferedReader out;
  private final StringBuilder said = new StringBuilder();

  /**
   * Starts it.
   *
   * @param directory it runs in; its temporary files are in {@code tmp} there
   * @param environment besides that of the tests, whose own variables for servers are left out
   * @param arguments the command and its options
   */
  ServerProcess(Path directory, Map<String, String> environment, List<String> arguments)
      throws IOException {
    Path temporary = Files.createDirectories(directory.resolve("tmp"));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-Dlogback.configurationFile=" + LOGBACK.toAbsolutePath(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.matches("TS_.*|SAGEMAKER_.*|.*_LOCATION"));
    builder.environment().putAll(environment);
    this.process = builder.start();
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Reads what it says until there is a line with that text, which is returned. */
  String await(String text) throws IOException {
    String line = out.readLine();
    while (line != null && !line.contains(text)) {
      said.append(line).append('\n');
      line = out.readLine();
    }
    assertThat(line).describedAs("after %s", said).isNotNull();
    said.append(line).append('\n');
    return line;
  }

  /** Reads what it says until each of the texts has been said, in whatever order. */
  void awaitAll(String... texts) throws IOException {
    for (String text : texts) {
      if (said.indexOf(text) < 0) {
        await(text);
      }
    }
  }

  /** Where it listens, in the order of its APIs; reads what it says until it says that. */
  List<Integer> ports() throws IOException {
    Matcher matcher = PORTS.matcher(await("Listening on").replaceFirst(".*Listening on", ""));
    List<Integer> ports = new ArrayList<>();
    while (matcher.find()) {
      ports.add(Integer.parseInt(matcher.group(1)));
    }
    return ports;
  }

  /** Sends it SIGTERM. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** Waits for its end and returns its exit code. */
  int exitCode() throws IOException, InterruptedException {
    out.lines().forEach(line -> said.append(line).append('\n'));
    return process.waitFor();
  }

  /** What has been read of what it says. */
  String said() {
    return said.toString();
  }

  static HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
    return HttpClient.newHttpClient().send(request(port, path).build(), BodyHandlers.ofString());
  }

  /** Ends it at once, if it still runs. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
