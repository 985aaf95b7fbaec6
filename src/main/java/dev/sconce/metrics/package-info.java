/**
 * What is counted and measured, on a registry of the server's own: in the form Prometheus reads,
 * and TorchServe's families also as lines of its metric logs. Also what the process and the machine
 * tell of themselves. Imports no other room; the Prometheus client stays here.
 */
@NullMarked
package dev.sconce.metrics;

import org.jspecify.annotations.NullMarked;
