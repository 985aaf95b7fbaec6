package dev.sconce.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client that sends exactly the bytes it is told to and shows exactly what comes back. */
public final class RawClient implements AutoCloseable {
  /** So that a test whose answer never comes fails instead of hanging. */
  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket socket = new Socket();
  private final InputStream in;

  /**
   * An answer as it came.
   *
   * @param headers the header lines
   * @param body the body, put together if it came in chunks; one character for each byte
   */
  public record Reply(String statusLine, List<String> headers, String body) {
    /** The status. */
    public int status() {
      return Integer.parseInt(statusLine.split(" ")[1]);
    }

    /** The value of the one header of that name, {@code ""} if it is not there. */
    public String header(String name) {
      List<String> values =
          headers.stream()
              .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
              .map(line -> line.substring(name.length() + 1).strip())
              .toList();
      if (values.size() > 1) {
        throw new AssertionError("header " + name + " comes " + values.size() + " times");
      }
      return values.isEmpty() ? "" : values.get(0);
    }
  }

  /** Connects. */
  public RawClient(SocketAddress server) throws IOException {
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(server);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** A client that offers to take at most about that many bytes at once. */
  static RawClient withReceiveBuffer(InetSocketAddress server, int bytes) throws IOException {
    return new RawClient(bytes, server);
  }

  private RawClient(int receiveBuffer, InetSocketAddress server) throws IOException {
    socket.setReceiveBufferSize(receiveBuffer);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(server);
    in = new BufferedInputStream(socket.getInputStream(), 512);
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends. */
  public RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** The next answer with its body. */
  public Reply reply() throws IOException {
    Reply head = replyWithoutBody();
    if (head.header("transfer-encoding").equals("chunked")) {
      return new Reply(head.statusLine(), head.headers(), chunks());
    }
    String length = head.header("content-length");
    String body = length.isEmpty() ? "" : exactly(Integer.parseInt(length));
    return new Reply(head.statusLine(), head.headers(), body);
  }

  /** The next answer, to {@code HEAD} or an interim one. */
  public Reply replyWithoutBody() throws IOException {
    String statusLine = line();
    List<String> headers = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      headers.add(line);
    }
    return new Reply(statusLine, headers, "");
  }

  /** Whatever comes until the server closes. */
  String toEnd() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /** Whether the server has closed; waits for it, or for a byte. */
  boolean isClosedByServer() throws IOException {
    return in.read() < 0;
  }

  /** How many bytes still come until the server closes, or resets the connection. */
  long bytesToEnd() throws IOException {
    long count = 0;
    try {
      while (in.read() >= 0) {
        count++;
      }
    } catch (SocketException e) {
      return count;
    }
    return count;
  }

  /** Whether anything has come that was not read yet. */
  boolean hasReply() throws IOException {
    return in.available() > 0;
  }

  /** Sends the same again and again until the server does not take it any more. */
  boolean sendUntilClosed(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    try {
      for (int i = 0; i < 1_000_000; i++) {
        socket.getOutputStream().write(bytes);
      }
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  /** The next line, without its end. */
  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the server closed after: " + line);
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8).replaceFirst("\r$", "");
  }

  private String chunks() throws IOException {
    StringBuilder body = new StringBuilder();
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      body.append(exactly(size));
      String unused = line();
    }
    String unused = line();
    return body.toString();
  }

  private int chunkSize() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  private String exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the server closed " + (length - bytes.length) + " bytes early");
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Says that nothing more will be sent, but goes on reading. */
  void endSending() throws IOException {
    socket.shutdownOutput();
  }

  /** Goes away in the orderly way. */
  void leave() throws IOException {
    socket.close();
  }

  /** Goes away without a word: the server's system learns it by a reset. */
  void vanish() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    leave();
  }
}
