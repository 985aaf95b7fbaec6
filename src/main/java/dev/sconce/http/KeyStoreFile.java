package dev.sconce.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Keys and certificates from a keystore of {@code keytool}. */
final class KeyStoreFile {
  private KeyStoreFile() {}

  static TlsIdentity read(Path file, String password, String type) {
    KeyStore store = open(file, password, type);
    try {
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)
            && store.getKey(alias, password.toCharArray()) instanceof PrivateKey key) {
          return new TlsIdentity(key, chain(store.getCertificateChain(alias)));
        }
      }
    } catch (UnrecoverableKeyException e) {
      throw TlsIdentity.fault("a keystore whose key keystore_pass opens; it does not");
    } catch (GeneralSecurityException e) {
      throw TlsIdentity.fault("a keystore with a private key; it cannot be read: " + e);
    }
    throw TlsIdentity.fault("a keystore with a private key; there is none");
  }

  private static KeyStore open(Path file, String password, String type) {
    KeyStore store;
    try {
      store = KeyStore.getInstance(type);
    } catch (KeyStoreException e) {
      throw TlsIdentity.fault("a keystore_type that this Java runtime knows; it is " + type);
    }
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password.toCharArray());
      return store;
    } catch (NoSuchFileException e) {
      throw TlsIdentity.fault("a " + type + " keystore; there is no such file");
    } catch (IOException e) {
      throw e.getCause() instanceof UnrecoverableKeyException
          ? TlsIdentity.fault("a keystore that keystore_pass opens; it does not")
          : TlsIdentity.fault("a " + type + " keystore; it cannot be read: " + e);
    } catch (GeneralSecurityException e) {
      throw TlsIdentity.fault("a " + type + " keystore; it cannot be read: " + e);
    }
  }

  private static List<X509Certificate> chain(Certificate[] certificates) {
    List<X509Certificate> chain = new ArrayList<>();
    for (Certificate certificate : certificates) {
      if (certificate instanceof X509Certificate known) {
        chain.add(known);
      }
    }
    return chain;
  }
}
