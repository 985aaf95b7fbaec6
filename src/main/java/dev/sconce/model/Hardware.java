package dev.sconce.model;

/**
 * What workers may compute on.
 *
 * @param cores of the processor
 * @param gpus how many GPUs may be used; they are numbered from 0
 * @param gpuReason why not more, fit for the log
 */
public record Hardware(int cores, int gpus, String gpuReason) {}
