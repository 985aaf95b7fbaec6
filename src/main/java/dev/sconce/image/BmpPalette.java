package dev.sconce.image;

/**
 * What the indices of a BMP mean.
 *
 * <p>Where the file's table only says index = grey, or black and white, Pillow forgets the table
 * and takes the pixels for greys of eight bits, or for single bits, whatever they are.
 *
 * @param indexBits how many bits an index has
 */
record BmpPalette(Palette colours, int indexBits) {
  /** Reads the table behind the header. */
  static BmpPalette read(EncodedPicture picture, BmpHeader header) {
    int colours = header.colours();
    byte[] rgb = new byte[3 * Palette.SIZE];
    boolean greys = true;
    for (int i = 0; i < colours; i++) {
      long at = header.paletteAt() + (long) i * header.entryBytes();
      boolean isThere = at + 3 <= picture.length();
      int grey = colours == 2 ? 255 * i : i;
      greys &= isThere;
      for (int channel = 0; isThere && channel < 3; channel++) {
        int value = picture.u8(at + 2 - channel);
        rgb[3 * i + channel] = (byte) value;
        greys &= value == grey;
      }
    }
    if (!greys) {
      return new BmpPalette(new Palette(rgb), header.bits());
    }
    int bits = colours <= 2 ? 1 : 8;
    return new BmpPalette(Palette.greys(bits), bits);
  }
}
