/**
 * The threads that serve one model version: a bounded queue in front, batches out of it, each run
 * through a handler, each request answered by completing its future. Knows neither HTTP nor torch.
 * May see {@code handler}, {@code metrics} and {@code error}.
 */
@NullMarked
package dev.sconce.worker;

import org.jspecify.annotations.NullMarked;
