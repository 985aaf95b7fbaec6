/**
 * Which models are served, in which versions, by which handlers and workers: registering, scaling,
 * describing, unregistering, and finding the pool that a request goes to. Knows no protocol. May
 * see {@code archive}, {@code download}, {@code handler}, {@code envelope}, {@code worker}, {@code
 * metrics} and {@code error}.
 */
@NullMarked
package dev.sconce.model;

import org.jspecify.annotations.NullMarked;
