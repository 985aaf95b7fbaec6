package dev.sconce.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The blocks of a PEM file (RFC 7468). What stands outside of them is left aside, as is usual.
 *
 * @param blocks in the file's order
 */
record PemFile(List<Block> blocks) {
  /** Many times what any chain takes. */
  private static final int MOST_BYTES = 1 << 20;

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  /** What stands between two marks: a line that says that the content is encrypted, or base64. */
  record Block(String label, String text) {
    boolean isEncrypted() {
      return label.equals("ENCRYPTED PRIVATE KEY") || text.contains("ENCRYPTED");
    }

    byte[] bytes() {
      try {
        return Base64.getMimeDecoder().decode(text.strip());
      } catch (IllegalArgumentException e) {
        throw TlsIdentity.fault("base64 between the marks; " + e.getMessage());
      }
    }
  }

  static PemFile read(Path file) {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text(file));
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    return new PemFile(blocks);
  }

  private static String text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw TlsIdentity.fault("a PEM file; there is no such file");
    } catch (IOException e) {
      throw TlsIdentity.fault("a PEM file; it cannot be read: " + e);
    }
  }

  List<X509Certificate> certificates() {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Block block : blocks) {
        if (block.label().endsWith("CERTIFICATE")) {
          InputStream in = new ByteArrayInputStream(block.bytes());
          certificates.add((X509Certificate) factory.generateCertificate(in));
        }
      }
    } catch (CertificateException e) {
      throw TlsIdentity.fault("certificates in PEM; one cannot be read: " + e.getMessage());
    }
    if (certificates.isEmpty()) {
      throw TlsIdentity.fault("certificates in PEM; there is none");
    }
    return certificates;
  }

  PrivateKey privateKey() {
    Block block =
        blocks.stream()
            .filter(candidate -> candidate.label().endsWith("PRIVATE KEY"))
            .findFirst()
            .orElseThrow(() -> TlsIdentity.fault("a private key in PEM; there is none"));
    if (block.isEncrypted()) {
      throw TlsIdentity.fault("a private key that is not encrypted; it is encrypted");
    }
    return PrivateKeyReader.read(block.label(), block.bytes());
  }
}
