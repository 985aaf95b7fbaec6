package dev.sconce.torch;

import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;

/**
 * What NVIDIA's driver says about this machine's GPUs, asked of the driver itself (CUDA driver API:
 * {@code cuInit}, {@code cuDriverGetVersion}, {@code cuDeviceGetCount}).
 *
 * <p>DJL asks the CUDA runtime instead, under a name ({@code libcudart.so}) that only CUDA's
 * development packages install: a machine or container with just the driver would seem to have no
 * GPU. And whether there is a driver must be known before libtorch is loaded, for a part of it
 * cannot be loaded without one.
 *
 * @param present whether the driver's library is here and can be loaded
 * @param gpus how many GPUs it lets this process use ({@code CUDA_VISIBLE_DEVICES} counts)
 * @param report what was found or why there is nothing, fit for the log
 */
record CudaDriver(boolean present, int gpus, String report) {
  /** For a libtorch that could not use one. */
  static final CudaDriver NOT_ASKED = new CudaDriver(false, 0, "not asked for");

  private static final String LIBRARY = "libcuda.so.1";
  private static final int SUCCESS = 0;

  /** Asks the driver of this machine. */
  static CudaDriver probe() {
    return probe(LIBRARY);
  }

  /** Asks the driver in the library of that name. */
  static CudaDriver probe(String library) {
    try {
      return ask(NativeLibrary.getInstance(library));
    } catch (UnsatisfiedLinkError e) {
      return new CudaDriver(false, 0, "no NVIDIA driver (" + library + " cannot be loaded)");
    }
  }

  private static CudaDriver ask(NativeLibrary driver) {
    int status = call(driver, "cuInit", 0);
    if (status != SUCCESS) {
      return new CudaDriver(true, 0, "the NVIDIA driver answers with CUDA error " + status);
    }
    IntByReference version = new IntByReference();
    call(driver, "cuDriverGetVersion", version);
    IntByReference count = new IntByReference();
    call(driver, "cuDeviceGetCount", count);
    int gpus = count.getValue();
    String cuda = version.getValue() / 1000 + "." + version.getValue() % 1000 / 10;
    return new CudaDriver(true, gpus, gpus + " found by an NVIDIA driver for CUDA " + cuda);
  }

  private static int call(NativeLibrary driver, String function, Object... arguments) {
    return driver.getFunction(function).invokeInt(arguments);
  }
}
