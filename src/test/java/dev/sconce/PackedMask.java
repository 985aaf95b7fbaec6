package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.zip.InflaterInputStream;

/** The class of each pixel, as golden files keep it: uint8, by zlib, in base64. */
public final class PackedMask {
  private PackedMask() {}

  public static byte[] unpack(JsonNode packed) throws IOException {
    byte[] bytes = Base64.getDecoder().decode(packed.asText());
    try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    }
  }

  /** The share of pixels in which two masks of one size agree, 0 to 1. */
  public static double agreement(byte[] actual, byte[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    int equal = 0;
    for (int i = 0; i < expected.length; i++) {
      equal += actual[i] == expected[i] ? 1 : 0;
    }
    return equal / (double) expected.length;
  }
}
