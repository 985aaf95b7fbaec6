package dev.sconce.vision;

import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.ModelFiles;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A second copy of a picture module, to take gradients from, loaded when one is first asked for:
 * most models are never explained. It is a copy of its own so that the serving one keeps the plan
 * that libtorch made for it, and its mode, and never runs without gradients itself: constants that
 * a plan made without them keeps, autograd refuses. A written network needs other operators
 * besides: oneDNN's fused ones have no gradients.
 *
 * <p>All workers on one device share it; {@link dev.sconce.handler.SharedResources} closes it. Safe
 * from several threads: {@code loading} guards the load alone, the module is safe by itself.
 */
final class DifferentiableCopy implements AutoCloseable {
  private final HandlerContext context;
  private final ModuleFactory modules;
  private final Object loading = new Object();
  private volatile @Nullable PictureModule module;

  DifferentiableCopy(HandlerContext context, ModuleFactory modules) {
    this.context = context;
    this.modules = modules;
  }

  /**
   * The copy; whoever asks first waits until it is loaded, as do those who ask meanwhile.
   *
   * @throws dev.sconce.error.ServingException {@code OUT_OF_MEMORY} if the device has no room for
   *     it, {@code INTERNAL} if the archive it is in was written to; the next one to ask tries anew
   */
  PictureModule module() throws IOException {
    @Nullable PictureModule loaded = module;
    if (loaded != null) {
      return loaded;
    }
    synchronized (loading) {
      @Nullable PictureModule meanwhile = module;
      if (meanwhile != null) {
        return meanwhile;
      }
      ModelFiles.Loan files = context.files().borrow();
      try (files) {
        PictureModule own =
            PictureModule.loadDifferentiable(context.in(files.directory()), modules);
        module = own;
        return own;
      }
    }
  }

  /** What to tell people of it. */
  String describe() {
    @Nullable PictureModule loaded = module;
    return loaded == null
        ? "not asked for yet"
        : "a differentiable copy of " + loaded.fileName() + " is loaded";
  }

  @Override
  public void close() {
    @Nullable PictureModule loaded = module;
    if (loaded != null) {
      loaded.close();
    }
  }
}
