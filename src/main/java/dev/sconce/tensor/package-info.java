/**
 * The handler whose requests and answers are plain numbers, {@code base_handler}: JSON lists → a
 * tensor → a TorchScript module → JSON lists. May see {@code handler}, {@code torch}, {@code json}
 * and {@code error}; {@code NDArray}s do not leave it.
 */
@NullMarked
package dev.sconce.tensor;

import org.jspecify.annotations.NullMarked;
