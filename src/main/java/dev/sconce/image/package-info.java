/**
 * Pictures: encoded bytes become the RGB pixels that Pillow gives, resized as Pillow resizes,
 * normalised as torchvision normalises. May see the error room only.
 */
@NullMarked
package dev.sconce.image;

import org.jspecify.annotations.NullMarked;
