package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who the server is to callers over TLS: a private key and the certificates that vouch for it.
 *
 * <p>The faults that its methods throw are {@code INVALID_CONFIGURATION}; their message says what
 * was expected and what was found instead, without the name of the file.
 *
 * @param key RSA, EC or Ed25519
 * @param chain the certificate of {@code key}, then those that certify the one before
 */
public record TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
  private static final byte[] PROBE = {1, 2, 3};

  /**
   * Checks that key and certificate belong together.
   *
   * @throws ServingException {@code INVALID_CONFIGURATION} if they do not
   */
  public TlsIdentity {
    chain = List.copyOf(chain);
    if (chain.isEmpty() || !belongTogether(key, chain.get(0).getPublicKey())) {
      throw fault("the key of the first certificate; it is the key of another");
    }
  }

  /** The certificates of a PEM file, in its order. */
  public static List<X509Certificate> certificates(Path file) {
    return PemFile.read(file).certificates();
  }

  /** The first private key of a PEM file: PKCS#8, PKCS#1 (RSA) or SEC 1 (EC), not encrypted. */
  public static PrivateKey privateKey(Path file) {
    return PemFile.read(file).privateKey();
  }

  /**
   * The first key of a keystore with its certificates.
   *
   * @param password opens the keystore and the key
   * @param type {@code PKCS12} or {@code JKS}
   */
  public static TlsIdentity keyStore(Path file, String password, String type) {
    return KeyStoreFile.read(file, password, type);
  }

  /** A fresh key with a certificate that it has signed itself, for the names of this machine. */
  public static TlsIdentity selfSigned(Instant now) {
    return SelfSigned.make(now);
  }

  /** Why callers will not trust this certificate, as far as its dates tell. */
  Optional<String> datedFault(Instant now) {
    X509Certificate first = chain.get(0);
    String whose = "the certificate of " + first.getSubjectX500Principal();
    if (now.isAfter(first.getNotAfter().toInstant())) {
      return Optional.of(whose + " expired on " + first.getNotAfter().toInstant());
    }
    return now.isBefore(first.getNotBefore().toInstant())
        ? Optional.of(whose + " is not valid before " + first.getNotBefore().toInstant())
        : Optional.empty();
  }

  private static boolean belongTogether(PrivateKey key, PublicKey certified) {
    try {
      Signature signature = Signature.getInstance(signatureOf(key));
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // keys of two kinds
    }
  }

  private static String signatureOf(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      case "EdDSA", "Ed25519" -> "EdDSA";
      default -> throw fault("an RSA, EC or Ed25519 key; it is " + key.getAlgorithm());
    };
  }

  /** A fault of a file. */
  static ServingException fault(String expectedAndFound) {
    return new ServingException(ErrorCode.INVALID_CONFIGURATION, expectedAndFound);
  }

  /** Tells whose certificate it is, and nothing of the key. */
  @Override
  public String toString() {
    return "TlsIdentity[" + chain.get(0).getSubjectX500Principal() + "]";
  }
}
