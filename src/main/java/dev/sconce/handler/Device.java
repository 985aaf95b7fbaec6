package dev.sconce.handler;

import java.util.Optional;

/**
 * Where a worker computes.
 *
 * @param kind CPU or CUDA
 * @param index which GPU, as {@code nvidia-smi} counts them; 0 for the CPU
 */
public record Device(Kind kind, int index) {
  /** The kinds of device there are. */
  public enum Kind {
    /** The processor, with all its cores. */
    CPU,
    /** One NVIDIA GPU. */
    CUDA
  }

  /** The processor. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  /** Checks the index. */
  public Device {
    if (index < 0 || (kind == Kind.CPU && index != 0)) {
      throw new IllegalArgumentException("device index: " + index + " (expected: >= 0, 0 for CPU)");
    }
  }

  /** The GPU with the given index. */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  /** Whether this is a GPU. */
  public boolean isGpu() {
    return kind == Kind.CUDA;
  }

  /** The index of the GPU, as the {@code torch} room takes it; empty for the CPU. */
  public Optional<Integer> gpu() {
    return isGpu() ? Optional.of(index) : Optional.empty();
  }

  /** As PyTorch writes it: {@code cpu}, {@code cuda:0}. */
  @Override
  public String toString() {
    return isGpu() ? "cuda:" + index : "cpu";
  }
}
