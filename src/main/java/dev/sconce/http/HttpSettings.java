package dev.sconce.http;

import java.time.Duration;

/**
 * How the server treats connections and what it takes from a client.
 *
 * @param eventLoopThreads threads that read and write; 0 for Netty's default, twice the cores
 * @param nativeTransport whether epoll or kqueue may be used where they are there
 * @param maxRequestLineBytes the longest first line: method, URI and protocol
 * @param maxHeaderBytes the most bytes of header fields a request may have
 * @param maxBodyBytes the most bytes of body a request may have
 * @param maxFormFields the most fields a form may have
 * @param idleTimeout how long a connection may stand still while the client is the one to act
 * @param receiveTimeout how long a request may take from its first byte to its last
 * @param drainTimeout how long requests in work may take to finish when the server closes
 */
public record HttpSettings(
    int eventLoopThreads,
    boolean nativeTransport,
    int maxRequestLineBytes,
    int maxHeaderBytes,
    int maxBodyBytes,
    int maxFormFields,
    Duration idleTimeout,
    Duration receiveTimeout,
    Duration drainTimeout) {

  /** The longest array that every JVM can make. */
  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  /** Checks every value. */
  public HttpSettings {
    checkRange("eventLoopThreads", eventLoopThreads, 0, 1024);
    checkRange("maxRequestLineBytes", maxRequestLineBytes, 64, 1 << 20);
    checkRange("maxHeaderBytes", maxHeaderBytes, 256, 1 << 20);
    checkRange("maxBodyBytes", maxBodyBytes, 1, LONGEST_ARRAY);
    checkRange("maxFormFields", maxFormFields, 1, Integer.MAX_VALUE);
    checkPositive("idleTimeout", idleTimeout);
    checkPositive("receiveTimeout", receiveTimeout);
    if (drainTimeout.isNegative()) {
      throw new IllegalArgumentException("drainTimeout: " + drainTimeout + " (expected: >= 0)");
    }
  }

  /**
   * TorchServe's limits where it has some (request line, body), and an idle timeout beyond the 60
   * seconds of most load balancers, so that those close idle connections and not this server.
   */
  public static HttpSettings defaults() {
    return new HttpSettings(
        0,
        true,
        4096,
        16_384,
        6_553_500,
        1000,
        Duration.ofSeconds(120),
        Duration.ofSeconds(300),
        Duration.ofSeconds(30));
  }

  private static void checkRange(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }

  private static void checkPositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }
}
