package dev.sconce.image;

import java.util.List;

/**
 * A scan of a progressive JPEG: one band of coefficients, or one more bit of them (ITU-T T.81, G.2;
 * on damaged data as libjpeg-turbo's jdphuff.c).
 */
final class JpegProgressiveScan extends JpegScan {
  private final JpegStream stream;
  private final JpegBand band;

  /** How many blocks from here on, this one included, have no more coefficients in the band. */
  private int endOfBand;

  JpegProgressiveScan(
      JpegFrame frame,
      List<JpegComponent> components,
      JpegStream stream,
      int restartInterval,
      JpegBand band) {
    super(frame, components, stream, restartInterval);
    this.stream = stream;
    this.band = band;
  }

  @Override
  void reset() {
    endOfBand = 0;
  }

  @Override
  void block(JpegComponent component, int blockX, int blockY) {
    short[] coefficients = component.coefficients();
    int at = component.coefficientsAt(blockX, blockY);
    if (band.first() > 0) {
      if (band.refines()) {
        refine(component.ac(), coefficients, at);
      } else {
        first(component.ac(), coefficients, at);
      }
    } else if (band.refines()) {
      coefficients[at] |= (short) (stream.bit() << band.shift());
    } else {
      int difference = stream.value(stream.symbol(component.dc()));
      coefficients[at] = (short) (component.predict(difference) << band.shift());
    }
  }

  private void first(JpegHuffman table, short[] coefficients, int at) {
    if (endOfBand > 0) {
      endOfBand--;
      return;
    }
    for (int k = band.first(); k <= band.last(); k++) {
      int symbol = stream.symbol(table);
      int run = symbol >> 4;
      int size = symbol & 15;
      if (size > 0) {
        k += run;
        int value = stream.value(size) << band.shift();
        coefficients[at + JpegZigzag.NATURAL[k]] = (short) value;
      } else if (run == 15) {
        k += 15;
      } else {
        endOfBand = (1 << run) + stream.number(run) - 1;
        return;
      }
    }
  }

  private void refine(JpegHuffman table, short[] coefficients, int at) {
    int k = band.first();
    while (k <= band.last() && endOfBand == 0) {
      int symbol = stream.symbol(table);
      int run = symbol >> 4;
      if ((symbol & 15) > 0) {
        int value = stream.bit() == 1 ? 1 << band.shift() : -1 << band.shift();
        k = correct(coefficients, at, k, run);
        coefficients[at + JpegZigzag.NATURAL[k]] = (short) value;
        k++;
      } else if (run == 15) {
        k = correct(coefficients, at, k, run) + 1;
      } else {
        endOfBand = (1 << run) + stream.number(run);
      }
    }
    if (endOfBand > 0) {
      correct(coefficients, at, k, 64);
      endOfBand--;
    }
  }

  /**
   * Reads a correction bit for each coefficient that is not zero, up to the one zero that follows
   * {@code zeros} others; answers its zigzag index, or the one behind the band.
   */
  private int correct(short[] coefficients, int at, int from, int zeros) {
    int left = zeros;
    int bit = 1 << band.shift();
    int k = from;
    while (k <= band.last()) {
      int place = at + JpegZigzag.NATURAL[k];
      int old = coefficients[place];
      if (old == 0) {
        if (left-- == 0) {
          return k;
        }
      } else if (stream.bit() == 1 && (old & bit) == 0) {
        coefficients[place] = (short) (old > 0 ? old + bit : old - bit);
      }
      k++;
    }
    return k;
  }
}
