/**
 * The SPI: what a handler is, what it is given and what it answers with. May see {@code error} and
 * {@code json}. Free of torch, so that {@code worker} never sees native memory; a user's handler
 * compiles against this room and may use the {@code image} and {@code torch} rooms beside it.
 */
@NullMarked
package dev.sconce.handler;

import org.jspecify.annotations.NullMarked;
