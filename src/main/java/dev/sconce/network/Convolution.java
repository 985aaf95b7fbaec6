package dev.sconce.network;

/**
 * A two-dimensional convolution with square kernel, stride and padding.
 *
 * @param weight [out, in / groups, kernel, kernel]
 * @param bias [out]
 * @param stride of the window
 * @param padding zeros on each side
 * @param groups into how many parts the channels are split
 */
record Convolution(Constant weight, Constant bias, int stride, int padding, int groups) {}
