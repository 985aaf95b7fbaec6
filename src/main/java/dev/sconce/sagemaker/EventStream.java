package dev.sconce.sagemaker;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Frames of {@code application/vnd.amazon.eventstream}, in which SageMaker sends the pieces of an
 * answer.
 *
 * <p>A frame is: u32 length of all of it, u32 length of its headers, u32 CRC-32 of these eight
 * bytes; the headers, each u8 length and name, u8 7 for a text, u16 length and text; the payload;
 * u32 CRC-32 of everything before. Numbers are big-endian.
 */
final class EventStream {
  /** The content type of an answer in frames. */
  static final String CONTENT_TYPE = "application/vnd.amazon.eventstream";

  /**
   * The most bytes of an answer in a frame. SageMaker names no bound of its own; botocore refuses
   * frames above 24 MiB, the format's description those above 16 MiB.
   */
  static final int PART_BYTES = 1 << 17;

  private static final byte TEXT = 7;
  private static final int PRELUDE_BYTES = 12;
  private static final int CRC_BYTES = 4;

  private EventStream() {}

  /**
   * Bytes of an answer as {@code PayloadPart} frames, one behind the other; no frame if there are
   * no bytes.
   *
   * @param bytes from the position to the limit, which stay as they are
   */
  static ByteBuffer payloadParts(ByteBuffer bytes) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(":message-type", "event");
    headers.put(":event-type", "PayloadPart");
    headers.put(":content-type", "application/octet-stream");
    byte[] encoded = encoded(headers);
    int parts = (bytes.remaining() + PART_BYTES - 1) / PART_BYTES;
    int around = PRELUDE_BYTES + encoded.length + CRC_BYTES;
    ByteBuffer frames = ByteBuffer.allocate(bytes.remaining() + parts * around);
    for (int at = bytes.position(); at < bytes.limit(); at += PART_BYTES) {
      int length = Math.min(PART_BYTES, bytes.limit() - at);
      append(frames, encoded, bytes.slice(at, length));
    }
    return frames.flip();
  }

  /**
   * The frame that ends a stream which cannot be finished; clients throw what it names.
   *
   * @param type one of the shapes that the service's model has for it: {@code ModelStreamError}
   * @param json the shape's members
   */
  static ByteBuffer exception(String type, byte[] json) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(":message-type", "exception");
    headers.put(":exception-type", type);
    headers.put(":content-type", "application/json");
    byte[] encoded = encoded(headers);
    ByteBuffer frame =
        ByteBuffer.allocate(PRELUDE_BYTES + encoded.length + json.length + CRC_BYTES);
    append(frame, encoded, ByteBuffer.wrap(json));
    return frame.flip();
  }

  private static void append(ByteBuffer frames, byte[] headers, ByteBuffer payload) {
    int start = frames.position();
    frames.putInt(PRELUDE_BYTES + headers.length + payload.remaining() + CRC_BYTES);
    frames.putInt(headers.length);
    frames.putInt(crc(frames, start));
    frames.put(headers).put(payload);
    frames.putInt(crc(frames, start));
  }

  /** Of what has been written since {@code start}. */
  private static int crc(ByteBuffer frames, int start) {
    CRC32 crc = new CRC32();
    crc.update(frames.duplicate().flip().position(start));
    return (int) crc.getValue();
  }

  private static byte[] encoded(Map<String, String> headers) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      for (Map.Entry<String, String> header : headers.entrySet()) {
        byte[] name = header.getKey().getBytes(StandardCharsets.UTF_8);
        byte[] value = header.getValue().getBytes(StandardCharsets.UTF_8);
        out.writeByte(name.length);
        out.write(name);
        out.writeByte(TEXT);
        out.writeShort(value.length);
        out.write(value);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing is written but memory
    }
    return bytes.toByteArray();
  }
}
