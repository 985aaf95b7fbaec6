package dev.sconce.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Posts files to a server at a constant rate, however late its answers are, and pings it besides.
 */
@Command(
    name = "OpenLoop",
    mixinStandardHelpOptions = true,
    description = "Posts files at a constant rate, however late the answers are.")
final class OpenLoop implements Callable<Map<String, Object>> {
  private static final double PINGS_A_SECOND = 10;

  /** Before the first request. */
  private static final long SET_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int TRIED_OUT = 10;
  private static final int HTTP_PORT = 80;

  @Option(names = "--url", required = true, description = "http://HOST:PORT/PATH")
  private URI url = URI.create("http://127.0.0.1");

  @Option(names = "--rate", required = true, description = "Requests a second.")
  private double rate;

  @Option(names = "--seconds", defaultValue = "10", description = "For how long they count.")
  private double seconds;

  @Option(names = "--warmup", defaultValue = "0", description = "For how long before, in seconds.")
  private double warmUp;

  @Option(names = "--patience", defaultValue = "30", description = "For the last answers, seconds.")
  private double patience;

  @Option(
      names = "--connections",
      defaultValue = "2000",
      description = "The most there are at once; beyond them requests wait here.")
  private int connections;

  @Option(names = "--content-type", description = "Of the bodies.")
  private String contentType = "application/octet-stream";

  @Option(names = "--ping", description = "What to get 10 times a second besides.")
  private @Nullable URI ping;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Bodies, sent in turns.")
  private List<Path> files = List.of();

  private OpenLoop() {}

  public static void main(String... arguments) {
    Tool.main(new OpenLoop(), arguments);
  }

  @Override
  public Map<String, Object> call() throws Exception {
    EventLoop loop = Client.loop();
    Client client = new Client(loop, server(url), connections);
    Sending.Target posts = posts(client);
    tryOut(loop, posts);
    long start = System.nanoTime() + SET_UP_NANOS;
    long counted = start + nanos(warmUp);
    long end = counted + nanos(seconds);
    List<Sending> all = new ArrayList<>();
    all.add(new Sending(loop, new Sending.Plan(rate, start, counted, end), posts));
    @Nullable URI pinged = ping;
    if (pinged != null) {
      Client pings = new Client(loop, server(pinged), connections);
      Sending.Plan plan = new Sending.Plan(PINGS_A_SECOND, start, counted, end);
      all.add(new Sending(loop, plan, gets(pings, pinged)));
    }
    all.forEach(Sending::start);
    await(all, end - System.nanoTime() + nanos(patience));
    return loop.submit(() -> found(all, client)).get();
  }

  /** One after the other: what Java loads for the first would make the first hundreds late. */
  private void tryOut(EventLoop loop, Sending.Target posts) throws Exception {
    for (int i = 0; i < TRIED_OUT; i++) {
      CompletableFuture<Integer> status = new CompletableFuture<>();
      loop.execute(() -> posts.send(status::complete));
      if (status.get(nanos(patience), TimeUnit.NANOSECONDS) == Client.NO_ANSWER) {
        throw new IllegalStateException(url + ": no answer (expected: a server that listens)");
      }
    }
  }

  private static void await(List<Sending> all, long nanos) throws Exception {
    CompletableFuture<?>[] answered =
        all.stream().map(Sending::answered).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(answered).get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // what is missing is counted
    }
  }

  private static Map<String, Object> found(List<Sending> all, Client client) {
    Map<String, Object> found = new LinkedHashMap<>(all.get(0).found());
    found.put("connections", client.connectionsAtOnce());
    if (all.size() > 1) {
      found.put("pings", all.get(1).found());
    }
    return found;
  }

  private Sending.Target posts(Client client) throws IOException {
    List<ByteBuf> bodies = new ArrayList<>();
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      bodies.add(
          Unpooled.unreleasableBuffer(Unpooled.directBuffer(bytes.length).writeBytes(bytes)));
    }
    int[] next = {0};
    return answered -> {
      ByteBuf body = bodies.get(next[0]++ % bodies.size()).duplicate();
      FullHttpRequest request = request(HttpMethod.POST, url, body);
      request.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
      HttpUtil.setContentLength(request, body.readableBytes());
      client.send(new Client.Call(request, answered));
    };
  }

  private static Sending.Target gets(Client client, URI url) {
    return answered ->
        client.send(new Client.Call(request(HttpMethod.GET, url, Unpooled.EMPTY_BUFFER), answered));
  }

  private static FullHttpRequest request(HttpMethod method, URI url, ByteBuf body) {
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    FullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, path + query, body);
    request.headers().set(HttpHeaderNames.HOST, url.getRawAuthority());
    return request;
  }

  private static InetSocketAddress server(URI url) {
    return new InetSocketAddress(url.getHost(), url.getPort() < 0 ? HTTP_PORT : url.getPort());
  }

  private static long nanos(double seconds) {
    return Math.round(seconds * TimeUnit.SECONDS.toNanos(1));
  }
}
