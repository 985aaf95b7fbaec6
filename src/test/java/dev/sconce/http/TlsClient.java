package dev.sconce.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/**
 * A TLS client that tells whether the server said close_notify before it closed, which {@link
 * javax.net.ssl.SSLSocket} does not.
 */
final class TlsClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket socket = new Socket();
  private final SSLEngine engine;
  private final ByteBuffer received = ByteBuffer.allocate(1 << 16).flip();
  private final ByteBuffer plain = ByteBuffer.allocate(1 << 16);
  private final StringBuilder text = new StringBuilder();

  TlsClient(InetSocketAddress server, SSLContext context, SSLParameters parameters)
      throws IOException {
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(server);
    engine = context.createSSLEngine("127.0.0.1", server.getPort());
    engine.setUseClientMode(true);
    engine.setSSLParameters(parameters);
    engine.beginHandshake();
    handshake();
  }

  /** With one protocol: {@code TLSv1.2}. */
  static TlsClient with(TestServer server, String protocol) throws IOException {
    SSLContext context = TlsFixtures.trusting(TlsFixtures.SELF_SIGNED);
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setProtocols(new String[] {protocol});
    return new TlsClient(server.address(), context, parameters);
  }

  SSLSession session() {
    return engine.getSession();
  }

  /** What ALPN chose; empty if nothing. */
  String applicationProtocol() {
    return engine.getApplicationProtocol();
  }

  TlsClient send(String request) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1));
    while (rest.hasRemaining()) {
      wrap(rest);
    }
    return this;
  }

  /** What comes until the server ends, without its close_notify or with it. */
  String toEnd() throws IOException {
    boolean more = true;
    while (more) {
      more = !engine.isInboundDone() && unwrap();
    }
    return text.toString();
  }

  /** What has come when this text has. */
  String until(String end) throws IOException {
    while (text.indexOf(end) < 0) {
      if (engine.isInboundDone() || !unwrap()) {
        throw new EOFException("the server ended after: " + text);
      }
    }
    return text.toString();
  }

  /** Whether the server has said close_notify. */
  boolean wasToldTheEnd() {
    return engine.isInboundDone();
  }

  /** Whether nothing follows, on the socket itself, until the server closes it. */
  boolean isClosedByServer() throws IOException {
    return !received.hasRemaining() && socket.getInputStream().read() < 0;
  }

  /** Says that nothing more will come, and keeps the socket open. */
  void sayEnd() throws IOException {
    engine.closeOutbound();
    wrap(ByteBuffer.allocate(0));
  }

  private void handshake() throws IOException {
    HandshakeStatus status = engine.getHandshakeStatus();
    while (status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED) {
      if (status == HandshakeStatus.NEED_WRAP) {
        wrap(ByteBuffer.allocate(0));
      } else if (status == HandshakeStatus.NEED_TASK) {
        engine.getDelegatedTask().run();
      } else if (!unwrap()) {
        throw new EOFException("the server closed during the handshake");
      }
      status = engine.getHandshakeStatus();
    }
  }

  private void wrap(ByteBuffer from) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(from, out);
    socket.getOutputStream().write(out.array(), 0, out.position());
  }

  /** False if the server's socket has ended. */
  private boolean unwrap() throws IOException {
    SSLEngineResult result = engine.unwrap(received, plain);
    text.append(StandardCharsets.ISO_8859_1.decode(plain.flip()));
    plain.clear();
    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      engine.getDelegatedTask().run();
    }
    return result.getStatus() != SSLEngineResult.Status.BUFFER_UNDERFLOW || receive();
  }

  private boolean receive() throws IOException {
    received.compact();
    try {
      int count =
          socket.getInputStream().read(received.array(), received.position(), received.remaining());
      received.position(received.position() + Math.max(count, 0));
      return count >= 0;
    } catch (SocketException e) {
      return false;
    } finally {
      received.flip();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
