package dev.sconce.bench;

import dev.sconce.http.BareServer;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What a server on Netty could do at most: listens on 127.0.0.1, answers everything with a
 * constant. Prints {@code listening} once it does; runs until it is killed.
 */
@Command(name = "BareNetty", mixinStandardHelpOptions = true, description = "A bare Netty server.")
final class BareNetty implements Callable<Map<String, Object>> {
  @Option(names = "--port", defaultValue = "0", description = "0, the default, for a free one.")
  private int port;

  private BareNetty() {}

  public static void main(String... arguments) {
    int code = Tool.run(new BareNetty(), arguments);
    if (code != 0) {
      System.exit(code);
    }
  }

  @Override
  public Map<String, Object> call() {
    InetSocketAddress address = BareServer.listen(port);
    return Map.of("listening", address.getAddress().getHostAddress() + ":" + address.getPort());
  }
}
