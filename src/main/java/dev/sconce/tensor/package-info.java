/**
 * The handlers whose requests and answers are plain numbers: {@code base_handler}, JSON lists → a
 * tensor → a TorchScript module → JSON lists; and AWS's default handler, JSON, CSV or NPY in and
 * out. May see {@code handler}, {@code torch}, {@code weights} (what a file is), {@code npy},
 * {@code json} and {@code error}; {@code NDArray}s do not leave it.
 */
@NullMarked
package dev.sconce.tensor;

import org.jspecify.annotations.NullMarked;
