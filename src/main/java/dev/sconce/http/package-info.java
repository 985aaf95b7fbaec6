/**
 * HTTP/1.1 on Netty: listeners, limits, request bodies, routing, whole and streamed answers. What
 * the routes do is written elsewhere, against {@link dev.sconce.http.Endpoint}. May see {@code
 * error} and {@code metrics}. No type of Netty leaves this room.
 */
@NullMarked
package dev.sconce.http;

import org.jspecify.annotations.NullMarked;
