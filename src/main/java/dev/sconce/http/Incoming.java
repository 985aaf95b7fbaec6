package dev.sconce.http;

import dev.sconce.error.ServingException;
import java.util.Optional;

/**
 * A request that has come in, with what the protocol says about it.
 *
 * @param request the request, as far as it could be read
 * @param bodyBytes how much memory its body takes
 * @param keepAlive whether the connection may take further requests after this one
 * @param fault why it is not to be handed to an endpoint, if so
 */
record Incoming(
    Request request, int bodyBytes, boolean keepAlive, Optional<ServingException> fault) {}
