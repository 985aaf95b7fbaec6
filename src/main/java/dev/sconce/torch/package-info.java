/**
 * Runs TorchScript modules through DJL's PyTorch engine: starts the engine, counts the GPUs, owns
 * the native memory of a module. May see {@code error} only; DJL's types live here and in {@code
 * vision}.
 */
@NullMarked
package dev.sconce.torch;

import org.jspecify.annotations.NullMarked;
