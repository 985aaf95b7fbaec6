/**
 * What is in service, written to files and brought into service again at the next start, in
 * TorchServe's format. May see {@code model}, {@code json} and {@code error}.
 */
@NullMarked
package dev.sconce.snapshot;

import org.jspecify.annotations.NullMarked;
