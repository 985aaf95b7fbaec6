package dev.sconce.image;

import java.util.List;

/**
 * One scan of a JPEG: walks its MCUs, through restarts, in the order of ITU-T T.81, A.2, and leaves
 * each block to the kind of scan. Owned by one reading.
 */
abstract sealed class JpegScan permits JpegSequentialScan, JpegProgressiveScan {
  private final JpegFrame frame;
  private final List<JpegComponent> components;
  private final JpegStream stream;
  private final int restartInterval;

  JpegScan(
      JpegFrame frame, List<JpegComponent> components, JpegStream stream, int restartInterval) {
    this.frame = frame;
    this.components = components;
    this.stream = stream;
    this.restartInterval = restartInterval;
  }

  /** Decodes one block, which may lie outside the picture where it only fills up an MCU. */
  abstract void block(JpegComponent component, int blockX, int blockY);

  /** Forgets what later blocks take over from earlier ones, apart from the DC predictors. */
  abstract void reset();

  /** Reads the scan's bits up to its last MCU. */
  void decode() {
    JpegComponent single = components.get(0);
    boolean interleaved = components.size() > 1;
    int wide = interleaved ? frame.mcusWide() : single.blocksWide();
    int high = interleaved ? frame.mcusHigh() : single.blocksHigh();
    int untilRestart = restartInterval;
    for (int y = 0; y < high; y++) {
      for (int x = 0; x < wide; x++) {
        if (restartInterval > 0 && untilRestart-- == 0) {
          restart();
          untilRestart = restartInterval - 1;
        }
        if (stream.isStarved()) {
          continue;
        }
        if (interleaved) {
          mcu(x, y);
        } else {
          block(single, x, y);
        }
        stream.endMcu();
      }
    }
  }

  private void restart() {
    stream.restart();
    components.forEach(JpegComponent::resetPredictor);
    reset();
  }

  private void mcu(int mcuX, int mcuY) {
    for (JpegComponent component : components) {
      int across = component.horizontal();
      int down = component.vertical();
      for (int y = 0; y < down; y++) {
        for (int x = 0; x < across; x++) {
          block(component, mcuX * across + x, mcuY * down + y);
        }
      }
    }
  }
}
