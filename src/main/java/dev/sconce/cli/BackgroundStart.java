package dev.sconce.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.ExitCode;

/**
 * Starts a server as a process of its own, by this process's Java and with its options, and shows
 * what it prints until it serves or has failed. After that nobody reads what it prints, and its log
 * is in its files.
 */
final class BackgroundStart {
  /** What the started process is told, so that it says when it serves. */
  static final String FLAG = "--in-background";

  /** What it then says. */
  static final String READY = "sconce: ready";

  private final PrintWriter out;

  BackgroundStart(PrintWriter out) {
    this.out = out;
  }

  /**
   * Starts it and waits until its models of the start are served or have failed.
   *
   * @param arguments of {@code torchserve}
   * @return its exit code if it has ended, else 0
   */
  int run(List<String> arguments) throws IOException, InterruptedException {
    Process server =
        new ProcessBuilder(command(arguments))
            .redirectInput(Redirect.from(nothing()))
            .redirectErrorStream(true)
            .start();
    Thread abandoned = new Thread(server::destroy, "start-abandoned");
    Runtime.getRuntime().addShutdownHook(abandoned);
    boolean ready = relay(server);
    Runtime.getRuntime().removeShutdownHook(abandoned);
    if (!ready) {
      return server.waitFor() == 0 ? ExitCode.SOFTWARE : server.exitValue();
    }
    out.println("The server runs in the background as process " + server.pid() + ".");
    out.flush();
    return ExitCode.OK;
  }

  /** Not closed: the server would be hindered by a closed pipe no more than by this one's end. */
  private boolean relay(Process server) throws IOException {
    BufferedReader said = server.inputReader(Charset.defaultCharset());
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.equals(READY)) {
        return true;
      }
      out.println(line);
      out.flush();
    }
    return false;
  }

  private static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    detacher().ifPresent(program -> command.add(program.toString()));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    String classPath = System.getProperty("java.class.path");
    if (classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)) {
      command.addAll(List.of("-jar", classPath));
    } else {
      command.addAll(List.of("-cp", classPath, Main.class.getName()));
    }
    command.add("torchserve");
    command.addAll(arguments);
    command.addAll(List.of("--foreground", FLAG));
    return command;
  }

  /** What keeps the end of the terminal, and its Ctrl-C, from the server; both keep its pid. */
  private static Optional<Path> detacher() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of("setsid", "nohup")
        .flatMap(name -> Stream.of(path.split(File.pathSeparator)).map(bin -> Path.of(bin, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static File nothing() {
    return new File(File.separatorChar == '/' ? "/dev/null" : "NUL");
  }
}
