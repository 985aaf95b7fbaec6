package dev.sconce.worker;

import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * What all pools of a server share.
 *
 * @param metrics counts requests and workers
 * @param workerIds gives each worker of the server its number
 * @param timer answers requests whose deadline passes, looks after handlers that hang, starts
 *     workers anew; never runs a handler
 * @param clock tells when a worker was started
 * @param nanoClock measures; runs only forward
 * @param abandoned is told of each thread that is given up on because its handler hangs, on the
 *     timer's thread: what it holds besides memory may be given to others
 */
public record PoolTools(
    InferenceMetrics metrics,
    IntSupplier workerIds,
    ScheduledExecutorService timer,
    Clock clock,
    LongSupplier nanoClock,
    Consumer<Thread> abandoned) {}
