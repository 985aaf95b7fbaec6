package dev.sconce.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Two servers to measure against each other, or to try a client on: {@code BenchmarkServers 8080
 * 8081} listens with this room on the first port ({@code /ping} is constant, {@code /echo} tells
 * what it understood) and on the second with a {@link BareServer} that answers everything as {@code
 * /ping}. Runs until it is killed. Measured by {@code wrk -t1 -c32 -d6s http://127.0.0.1:8080/ping}
 * and the same on the other port, in turns.
 */
final class BenchmarkServers {
  private BenchmarkServers() {}

  public static void main(String[] args) {
    ErrorRenderer errors = new TestErrors();
    Router router =
        Router.builder(errors)
            .any(
                "/ping",
                request -> answer(Response.of(200, "application/json", BareServer.HEALTHY)))
            .any("/echo", request -> answer(echo(request)))
            .build();
    HttpServer server =
        HttpServer.open(
            HttpSettings.defaults(),
            List.of(new Listener(loopback(port(args, 0)), router)),
            errors,
            (request, status, took) -> {},
            () -> UUID.randomUUID().toString(),
            System::nanoTime);
    System.out.println("sconce " + server.addresses());
    System.out.println("bare Netty " + BareServer.listen(port(args, 1)));
  }

  private static int port(String[] args, int index) {
    return Integer.parseInt(args[index]);
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static CompletableFuture<Response> answer(Response response) {
    return CompletableFuture.completedFuture(response);
  }

  private static Response echo(Request request) {
    StringBuilder text = new StringBuilder();
    text.append(request.method()).append(' ').append(request.segments());
    text.append(' ').append(request.parameters()).append('\n');
    Body body = request.body();
    if (body instanceof Body.Raw raw) {
      text.append("raw ").append(raw.content().remaining()).append(" bytes, type ");
      text.append(raw.contentType()).append('\n');
    } else if (body instanceof Body.Form form) {
      form.fields()
          .forEach(
              (name, field) ->
                  text.append("field ")
                      .append(name)
                      .append(": ")
                      .append(field.content().remaining())
                      .append(" bytes, hash ")
                      .append(field.content().hashCode())
                      .append(", type ")
                      .append(field.contentType())
                      .append(", file ")
                      .append(field.fileName())
                      .append('\n'));
    } else {
      text.append("empty\n");
    }
    return Response.of(200, "text/plain; charset=utf-8", text.toString());
  }
}
