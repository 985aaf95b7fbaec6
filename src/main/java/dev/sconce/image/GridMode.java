package dev.sconce.image;

/** How PyTorch's {@code grid_sample} makes a value of those around a point. */
public enum GridMode {
  /** Of the two nearest ones along each side. */
  BILINEAR,
  /** Of the four nearest ones along each side; Keys' cubic with a = -0.75. */
  BICUBIC,
  /** Takes the nearest one; of two that are equally near, the even one. */
  NEAREST
}
