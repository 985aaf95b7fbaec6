package dev.sconce.http;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Makes the certificate of a server that was given none (RFC 5280), with what every Java runtime
 * has: nothing of {@code sun.security}, no further library. RSA, because the two cipher suites that
 * TorchServe offers want it.
 */
final class SelfSigned {
  private static final int KEY_BITS = 2048;
  private static final int SERIAL_BITS = 127;

  /** For clients whose clocks are behind. */
  private static final Duration BACKDATED = Duration.ofDays(1);

  /** It is made anew at every start. */
  private static final Duration VALID = Duration.ofDays(3650);

  private static final byte[] SHA256_WITH_RSA =
      Der.sequence(Der.oid("1.2.840.113549.1.1.11"), Der.NULL);
  private static final int DNS_NAME = 0x82;
  private static final int IP_ADDRESS = 0x87;

  private SelfSigned() {}

  static TlsIdentity make(Instant now) {
    try {
      SecureRandom random = new SecureRandom();
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(KEY_BITS, random);
      KeyPair pair = generator.generateKeyPair();
      byte[] content = content(pair, new BigInteger(SERIAL_BITS, random), now);
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(pair.getPrivate(), random);
      signature.update(content);
      byte[] whole = Der.sequence(content, SHA256_WITH_RSA, Der.bits(signature.sign()));
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(whole));
      return new TlsIdentity(pair.getPrivate(), List.of(certificate));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no certificate could be made", e);
    }
  }

  private static byte[] content(KeyPair pair, BigInteger serial, Instant now) {
    byte[] name = Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.text("localhost"))));
    return Der.sequence(
        Der.value(Der.CONTEXT_0, Der.integer(BigInteger.TWO)), // version 3
        Der.integer(serial.setBit(0)),
        SHA256_WITH_RSA,
        name,
        Der.sequence(Der.time(now.minus(BACKDATED)), Der.time(now.plus(VALID))),
        name,
        pair.getPublic().getEncoded(),
        Der.value(Der.CONTEXT_3, Der.sequence(alternativeNames())));
  }

  private static byte[] alternativeNames() {
    byte[] names =
        Der.sequence(
            Der.value(DNS_NAME, "localhost".getBytes(StandardCharsets.US_ASCII)),
            Der.value(IP_ADDRESS, address("127.0.0.1")),
            Der.value(IP_ADDRESS, address("::1")));
    return Der.sequence(Der.oid("2.5.29.17"), Der.value(Der.OCTET_STRING, names));
  }

  private static byte[] address(String literal) {
    try {
      return InetAddress.getByName(literal).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }
}
