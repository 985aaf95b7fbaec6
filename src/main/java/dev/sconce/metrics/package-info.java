/**
 * Counters and gauges in the form Prometheus reads, on a registry of the server's own. Imports no
 * other room; the Prometheus client stays here.
 */
@NullMarked
package dev.sconce.metrics;

import org.jspecify.annotations.NullMarked;
