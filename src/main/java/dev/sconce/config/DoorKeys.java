package dev.sconce.config;

import dev.sconce.error.ServingException;
import dev.sconce.http.CorsSettings;
import dev.sconce.http.ListenAddress;
import dev.sconce.http.TlsIdentity;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The keys of addresses, TLS and CORS. */
final class DoorKeys {
  private static final String KEYSTORE = "keystore";
  private static final String CERTIFICATES = "certificate_file";
  private static final String PRIVATE_KEY = "private_key_file";

  private final KeyReader keys;
  private final Optional<SafePorts> ports;

  private DoorKeys(KeyReader keys, Optional<SafePorts> ports) {
    this.keys = keys;
    this.ports = ports;
  }

  /**
   * The doors.
   *
   * @param ports those that may be opened; empty if all may
   */
  static Doors read(KeyReader keys, Optional<SafePorts> ports) {
    return new DoorKeys(keys, ports).doors();
  }

  private Doors doors() {
    ListenAddress inference = keys.address("inference_address", "http://127.0.0.1:8080", 80, 443);
    checkPort(inference);
    Optional<ListenAddress> management = door("management", 8081, 8444, true);
    Optional<ListenAddress> metrics =
        door("metrics", 8082, 8445, keys.flag("enable_metrics_api", true));
    Doors plain = new Doors(inference, management, metrics, Optional.empty(), cors());
    return new Doors(inference, management, metrics, identity(plain.tls()), plain.cors());
  }

  private void checkPort(ListenAddress inference) {
    ports
        .filter(safe -> !safe.allow(inference))
        .ifPresent(
            safe ->
                keys.fault(
                    "inference_address",
                    inference.toString(),
                    "port %d, which SageMaker calls, or one of %s"
                        .formatted(safe.called(), safe.shown())));
  }

  /** An API besides inference; it is left out where no port may be opened for it. */
  private Optional<ListenAddress> door(String api, int plainPort, int tlsPort, boolean wanted) {
    ListenAddress address =
        keys.address(api + "_address", "http://127.0.0.1:" + plainPort, plainPort, tlsPort);
    Optional<SafePorts> forbidding = ports.filter(safe -> wanted && !safe.allow(address));
    forbidding.ifPresent(
        safe ->
            keys.warn(
                "the %s API is not opened: %s is outside %s"
                    .formatted(api, address, safe.shown())));
    return Optional.of(address).filter(known -> wanted && forbidding.isEmpty());
  }

  private CorsSettings cors() {
    return new CorsSettings(
        header("cors_allowed_origin"),
        header("cors_allowed_methods"),
        header("cors_allowed_headers"));
  }

  private Optional<String> header(String key) {
    Optional<String> value = keys.text(key);
    if (value.isPresent() && value.get().chars().anyMatch(c -> c < ' ' || c > '~')) {
      keys.fault(key, value.get(), "one line of ASCII text");
      return Optional.empty();
    }
    return value;
  }

  /** Files are looked at only if an address wants TLS; a keystore wins over PEM files. */
  private Optional<TlsIdentity> identity(boolean wanted) {
    Optional<Path> keystore = keys.path(KEYSTORE);
    String password = keys.text("keystore_pass").orElse("changeit");
    String type = keys.text("keystore_type").orElse("PKCS12");
    Optional<Path> certificates = keys.path(CERTIFICATES);
    Optional<Path> privateKey = keys.path(PRIVATE_KEY);
    if (!wanted) {
      return Optional.empty();
    }
    if (keystore.isPresent()) {
      Path file = keystore.get();
      return checked(KEYSTORE, file, () -> TlsIdentity.keyStore(file, password, type));
    }
    if (certificates.isPresent() && privateKey.isPresent()) {
      return pem(certificates.get(), privateKey.get());
    }
    Stream.concat(certificates.stream(), privateKey.stream()).forEach(this::alone);
    return Optional.empty();
  }

  private void alone(Path file) {
    keys.fault(CERTIFICATES + " or " + PRIVATE_KEY, file.toString(), "both of them, or neither");
  }

  private Optional<TlsIdentity> pem(Path certificates, Path privateKey) {
    Optional<List<X509Certificate>> chain =
        checked(CERTIFICATES, certificates, () -> TlsIdentity.certificates(certificates));
    Optional<PrivateKey> key =
        checked(PRIVATE_KEY, privateKey, () -> TlsIdentity.privateKey(privateKey));
    return chain.isEmpty() || key.isEmpty()
        ? Optional.empty()
        : checked(PRIVATE_KEY, privateKey, () -> new TlsIdentity(key.get(), chain.get()));
  }

  private <T> Optional<T> checked(String key, Path file, Supplier<T> reading) {
    try {
      return Optional.of(reading.get());
    } catch (ServingException e) {
      keys.fault(key, file.toString(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }
}
