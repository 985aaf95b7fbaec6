/**
 * The handler whose requests are texts, {@code text_classifier}: text → words and pairs of words →
 * indices of the vocabulary → a TorchScript module → classes. May see {@code handler}, {@code
 * torch}, {@code weights}, {@code json} and {@code error}; {@code NDArray}s do not leave it.
 */
@NullMarked
package dev.sconce.text;

import org.jspecify.annotations.NullMarked;
