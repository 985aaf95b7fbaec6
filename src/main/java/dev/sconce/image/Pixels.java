package dev.sconce.image;

/** A picture in memory: of bytes, or of floats. */
public sealed interface Pixels permits RgbImage, FloatImage {
  /** Pixels in a row, at least 1. */
  int width();

  /** Rows, at least 1. */
  int height();
}
