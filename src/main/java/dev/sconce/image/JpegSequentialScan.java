package dev.sconce.image;

import java.util.List;

/** A scan that sends its blocks whole (ITU-T T.81, F.2). They are transformed as they come. */
final class JpegSequentialScan extends JpegScan {
  private final JpegStream stream;

  JpegSequentialScan(
      JpegFrame frame, List<JpegComponent> components, JpegStream stream, int restartInterval) {
    super(frame, components, stream, restartInterval);
    this.stream = stream;
  }

  @Override
  void block(JpegComponent component, int blockX, int blockY) {
    JpegIdct idct = component.idct();
    int[] block = idct.coefficients();
    int[] quantisation = component.quantisation();
    int dc = component.predict(stream.value(stream.symbol(component.dc())));
    block[idct.lane()] = dc * quantisation[0];
    stream.coefficients(component.ac(), quantisation, block, idct.lane());
    idct.place(blockX, blockY);
  }

  @Override
  void reset() {
    // Sequential blocks share nothing but the predictors.
  }
}
