package dev.sconce.worker;

import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
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
 * @param attendance is told of the workers' threads, on these, or on the timer's of those that are
 *     given up on
 */
public record PoolTools(
    InferenceMetrics metrics,
    IntSupplier workerIds,
    ScheduledExecutorService timer,
    Clock clock,
    LongSupplier nanoClock,
    Attendance attendance) {}
