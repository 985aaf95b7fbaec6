/**
 * Weights as files hold them: PyTorch state dicts (zip and legacy format) and safetensors, read
 * without executing anything and mapped rather than copied. May see {@code error} only.
 */
@NullMarked
package dev.sconce.weights;

import org.jspecify.annotations.NullMarked;
