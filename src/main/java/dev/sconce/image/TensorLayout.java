package dev.sconce.image;

/** In which order a picture's values follow each other in a tensor. */
public enum TensorLayout {
  /** Row by row, pixel by pixel, red, green and blue together: channels last. */
  NHWC,
  /** All of red row by row, then green, then blue: PyTorch's usual order. */
  NCHW
}
