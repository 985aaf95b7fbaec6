package dev.sconce.image;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes JPEGs, sequential and progressive, Huffman-coded, 8 bits, with one, three or four
 * components (ITU-T T.81), to the bytes that Pillow gives with libjpeg-turbo.
 *
 * <p>Written here rather than taken from {@code javax.imageio} because the pixels must not depend
 * on the libjpeg a JDK was built with, and because Pillow's verdict on damaged files (most damage
 * is bridged, a missing end is not) cannot be had from it. The rules for markers, colour spaces and
 * damage are those of libjpeg-turbo's jdmarker.c, jdapimin.c and jdinput.c. ICC profiles and the
 * EXIF orientation are ignored. One object reads one picture, on one thread.
 */
final class JpegReader {
  /** Encoders write about ten; each costs a walk over the whole picture. */
  private static final int MOST_SCANS = 100;

  private static final int MOST_BLOCKS_IN_MCU = 10;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;

  private final EncodedPicture picture;
  private final JpegStream stream;
  private final JpegTables tables;
  private @Nullable JpegFrame frame;
  private boolean jfif;

  /** Whether one scan brings all there is; what follows it may be missing. */
  private boolean complete;

  /** The colour transform that an Adobe segment names, -1 without one. */
  private int adobeTransform = -1;

  private JpegReader(EncodedPicture picture) {
    this.picture = picture;
    this.stream = new JpegStream(picture, 2);
    this.tables = new JpegTables(picture);
  }

  /** The picture's pixels. */
  static RgbImage read(EncodedPicture picture) {
    JpegReader reader = new JpegReader(picture);
    JpegFrame frame = reader.read(true);
    JpegColour colour = JpegColour.of(frame.components(), reader.jfif, reader.adobeTransform);
    return JpegRows.assemble(frame, colour);
  }

  /**
   * The pixels of a picture whose components are known, whatever it says itself. Like libtiff, this
   * reads no further than to the last row.
   */
  static RgbImage read(EncodedPicture picture, JpegColour colour) {
    JpegFrame frame = new JpegReader(picture).read(false);
    if (frame.components().size() != colour.components()) {
      throw picture.fault(
          "JPEG of %d components (expected: %d)"
              .formatted(frame.components().size(), colour.components()));
    }
    return JpegRows.assemble(frame, colour);
  }

  private JpegFrame read(boolean toTheEnd) {
    int scans = 0;
    int marker = stream.nextMarker();
    while (marker != EOI && marker != JpegStream.NO_MARKER && (toTheEnd || !complete)) {
      if (marker == SOS) {
        scan(stream.position(), ++scans).decode();
      } else if (!standsAlone(marker)) {
        segment(marker, stream.position());
      }
      marker = stream.nextMarker();
    }
    if (marker != EOI && !complete) {
      throw picture.truncated();
    }
    if (scans == 0) {
      throw picture.fault("no image data");
    }
    JpegFrame decoded = frame();
    decoded.components().forEach(JpegComponent::finish);
    return decoded;
  }

  /** Restart markers and TEM have no segment. */
  private static boolean standsAlone(int marker) {
    return (marker >= 0xD0 && marker <= 0xD7) || marker == 0x01;
  }

  private void segment(int marker, int at) {
    checkKnown(marker);
    if (at + 2 > picture.length() || at + picture.u16be(at) > picture.length()) {
      stream.seek(picture.length());
      return;
    }
    int length = picture.u16be(at);
    if (length < 2 && !isSkipped(marker)) {
      throw picture.fault("segment of " + length + " bytes (expected: at least 2)");
    }
    int start = at + 2;
    int end = Math.max(start, at + length);
    switch (marker) {
      case 0xC0, 0xC1, 0xC2 -> startFrame(start, end, marker == 0xC2);
      case 0xC4 -> tables.readHuffman(start, end);
      case 0xDB -> tables.readQuantisation(start, end);
      case 0xDD -> tables.readRestartInterval(start, end);
      case 0xE0 -> jfif |= length >= 16 && picture.matches(start, "JFIF\0");
      case 0xEE -> readAdobe(start, length);
      default -> {} // an application's, a comment, or of no use here
    }
    stream.seek(end);
  }

  private void checkKnown(int marker) {
    boolean coding = (marker >= 0xC0 && marker <= 0xC2) || marker == 0xC4;
    boolean table = marker >= 0xDB && marker <= 0xDD;
    if (!coding && !table && !isSkipped(marker)) {
      throw picture.fault(
          "marker ff %02x (expected: those of sequential or progressive Huffman coding)"
              .formatted(marker));
    }
  }

  /** An application's segment or a comment: its length is believed even if it is none. */
  private static boolean isSkipped(int marker) {
    return (marker >= 0xE0 && marker <= 0xEF) || marker == 0xFE;
  }

  private void readAdobe(int start, int length) {
    if (length >= 14 && picture.matches(start, "Adobe")) {
      adobeTransform = picture.u8(start + 11);
    }
  }

  private void startFrame(int start, int end, boolean progressive) {
    if (frame != null) {
      throw picture.fault("two frames (expected: one)");
    }
    frame = JpegFrame.read(picture, start, end, progressive);
  }

  private JpegFrame frame() {
    if (frame == null) {
      throw picture.fault("no frame before the image data");
    }
    return frame;
  }

  /** The scan whose header is at the given place; the stream is left behind that header. */
  private JpegScan scan(int at, int number) {
    if (complete || number > MOST_SCANS) {
      throw picture.fault(
          "scan " + number + " (expected: " + (complete ? 1 : "at most " + MOST_SCANS) + ")");
    }
    int length = picture.u16be(at);
    int count = picture.u8(at + 2);
    if (count < 1 || count > 4 || length != 6 + 2 * count) {
      throw picture.fault("scan of " + count + " components in " + length + " bytes");
    }
    JpegFrame current = frame();
    if (!current.progressive()) {
      tables.addStandard();
    }
    JpegBand band =
        current.progressive()
            ? JpegBand.read(picture, at + 3 + 2 * count, count)
            : JpegBand.SEQUENTIAL;
    List<JpegComponent> components = components(at + 3, count, band);
    stream.seek(at + length);
    complete = !current.progressive() && count == current.components().size();
    int interval = tables.restartInterval();
    return current.progressive()
        ? new JpegProgressiveScan(current, components, stream, interval, band)
        : new JpegSequentialScan(current, components, stream, interval);
  }

  /** The components that a scan header names from the given place on, made ready for the scan. */
  private List<JpegComponent> components(int at, int count, JpegBand band) {
    List<JpegComponent> components = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      JpegComponent component = component(picture.u8(at + 2 * i), components);
      component.startScan(tables, picture.u8(at + 2 * i + 1), band);
      components.add(component);
    }
    checkMcu(components);
    return components;
  }

  private void checkMcu(List<JpegComponent> components) {
    int blocks = components.stream().mapToInt(c -> c.horizontal() * c.vertical()).sum();
    if (components.size() > 1 && blocks > MOST_BLOCKS_IN_MCU) {
      throw picture.fault(
          "MCUs of %d blocks (expected: at most %d)".formatted(blocks, MOST_BLOCKS_IN_MCU));
    }
  }

  private JpegComponent component(int id, List<JpegComponent> taken) {
    for (JpegComponent component : frame().components()) {
      if (component.id() == id && !taken.contains(component)) {
        return component;
      }
    }
    throw picture.fault("scan of component " + id + ", which the frame lacks");
  }
}
