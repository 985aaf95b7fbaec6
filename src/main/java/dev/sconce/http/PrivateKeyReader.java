package dev.sconce.http;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/**
 * Private keys from their three encodings. The JDK reads PKCS#8 (RFC 5208) alone; PKCS#1 (RFC 8017)
 * and SEC 1 (RFC 5915) are what PKCS#8 wraps for RSA and EC.
 */
final class PrivateKeyReader {
  private static final byte[] RSA = Der.sequence(Der.oid("1.2.840.113549.1.1.1"), Der.NULL);
  private static final byte[] EC = Der.oid("1.2.840.10045.2.1");

  private PrivateKeyReader() {}

  /**
   * Reads a key.
   *
   * @param label the PEM block's, which names the encoding
   */
  static PrivateKey read(String label, byte[] der) {
    return switch (label) {
      case "PRIVATE KEY" -> pkcs8(der, List.of("RSA", "EC", "EdDSA"));
      case "RSA PRIVATE KEY" -> pkcs8(wrapped(RSA, der), List.of("RSA"));
      case "EC PRIVATE KEY" -> pkcs8(wrapped(Der.sequence(EC, curve(der)), der), List.of("EC"));
      default -> throw TlsIdentity.fault("an RSA, EC or Ed25519 key; it is: " + label);
    };
  }

  private static PrivateKey pkcs8(byte[] der, List<String> algorithms) {
    for (String algorithm : algorithms) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException | NoSuchAlgorithmException e) {
        // a key of another kind, or a runtime without jdk.crypto.ec
      }
    }
    throw TlsIdentity.fault("an RSA, EC or Ed25519 key that this Java runtime reads; it is none");
  }

  private static byte[] wrapped(byte[] algorithm, byte[] der) {
    return Der.sequence(Der.integer(BigInteger.ZERO), algorithm, Der.value(Der.OCTET_STRING, der));
  }

  /** The name of the curve, as it stands in an {@code ECPrivateKey}: version, number, [0] name. */
  private static byte[] curve(byte[] der) {
    try {
      ByteBuffer in = ByteBuffer.wrap(der);
      enter(in);
      skip(in);
      skip(in);
      if ((in.get() & 0xFF) == Der.CONTEXT_0) {
        byte[] name = new byte[length(in)];
        in.get(name);
        if (name.length > 0 && name[0] == Der.OID) {
          return name;
        }
      }
    } catch (BufferUnderflowException | IllegalArgumentException | NegativeArraySizeException e) {
      // told below
    }
    throw TlsIdentity.fault("an EC key that names its curve; it does not");
  }

  private static void enter(ByteBuffer in) {
    in.get();
    int unused = length(in);
  }

  private static void skip(ByteBuffer in) {
    in.get();
    int length = length(in);
    in.position(in.position() + length);
  }

  private static int length(ByteBuffer in) {
    int first = in.get() & 0xFF;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7F); i++) {
      length = (length << 8) | (in.get() & 0xFF);
    }
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("length: " + length);
    }
    return length;
  }
}
