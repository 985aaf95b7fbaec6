package dev.sconce.http;

import java.net.SocketAddress;

/**
 * An address to listen on and who answers there.
 *
 * @param address where to listen: an {@link java.net.InetSocketAddress}, port 0 for any free one
 * @param endpoint answers every request that comes in there, as a rule a {@link Router}
 */
public record Listener(SocketAddress address, Endpoint endpoint) {}
