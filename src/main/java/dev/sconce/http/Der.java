package dev.sconce.http;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Writes the few types of ASN.1's distinguished encoding (X.690) that keys and certificates need.
 * The JDK can read certificates, but has no open door to write one.
 */
final class Der {
  static final int CONTEXT_0 = 0xA0;
  static final int CONTEXT_3 = 0xA3;
  static final int OCTET_STRING = 0x04;
  static final int OID = 0x06;
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int UTF8_STRING = 0x0C;
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;

  static final byte[] NULL = {5, 0};

  private static final DateTimeFormatter SHORT_YEAR =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'");
  private static final DateTimeFormatter LONG_YEAR =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");

  private Der() {}

  /** A value of any type. */
  static byte[] value(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      byte[] length = BigInteger.valueOf(content.length).toByteArray();
      int from = length[0] == 0 ? 1 : 0; // the sign
      out.write(0x80 | (length.length - from));
      out.write(length, from, length.length - from);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  static byte[] sequence(byte[]... members) {
    return value(SEQUENCE, joined(members));
  }

  static byte[] set(byte[]... members) {
    return value(SET, joined(members));
  }

  static byte[] integer(BigInteger number) {
    return value(INTEGER, number.toByteArray());
  }

  /** A bit string of whole bytes. */
  static byte[] bits(byte[] bytes) {
    return value(BIT_STRING, joined(new byte[] {0}, bytes));
  }

  static byte[] text(String text) {
    return value(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A moment, in the type that RFC 5280, 4.1.2.5 asks for in its year. */
  static byte[] time(Instant moment) {
    OffsetDateTime time = moment.atOffset(ZoneOffset.UTC);
    boolean shortYear = time.getYear() < 2050;
    return value(
        shortYear ? UTC_TIME : GENERALIZED_TIME,
        (shortYear ? SHORT_YEAR : LONG_YEAR).format(time).getBytes(StandardCharsets.US_ASCII));
  }

  /** An object identifier: {@code 2.5.4.3}. */
  static byte[] oid(String dotted) {
    String[] arcs = dotted.split("\\.");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      int arc = Integer.parseInt(arcs[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >>> shift != 0) {
          out.write(0x80 | ((arc >>> shift) & 0x7F));
        }
      }
      out.write(arc & 0x7F);
    }
    return value(OID, out.toByteArray());
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
