package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sconce.http.LeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The lines of TorchServe's tutorial on https, run by a shell with the tools that it names. */
@ExtendWith(LeakCheck.class)
class HttpsTutorialTest {
  private static final String PREDICT =
      "curl --insecure https://127.0.0.1:8443/predictions/siamese"
          + " -F left=@$PICTURES/cat1.jpg -F right=@$PICTURES/cat2.jpg -F cam=False";
  private static final String EVERYWHERE =
      """
      inference_address=https://127.0.0.1:0
      management_address=https://127.0.0.1:0
      metrics_address=https://127.0.0.1:0
      default_workers_per_model=1
      """;

  @TempDir private Path directory;

  /** What a line says on both of its channels; it has to succeed, within a minute. */
  private String shell(String line) throws Exception {
    Path output = directory.resolve("output");
    ProcessBuilder shell = new ProcessBuilder("bash", "-c", line);
    shell.environment().put("PICTURES", Path.of("sample/pictures").toAbsolutePath().toString());
    String tools = Path.of(System.getProperty("java.home"), "bin").toString();
    shell.environment().merge("PATH", tools, (path, own) -> own + ":" + path);
    Process process =
        shell
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process.getOutputStream().close();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(line).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return Files.readString(output);
  }

  private void assumeThere(String tool) throws Exception {
    int status = new ProcessBuilder("bash", "-c", "command -v " + tool).start().waitFor();
    assumeThat(status).as(tool + " is not there").isZero();
  }

  private RunningServer server(String... lines) throws Exception {
    return RunningServer.withArchive(directory, List.of("siamese=twin.mar"), lines);
  }

  private void assertPredicts(RunningServer server) throws Exception {
    String line = PREDICT.replace("8443", "" + server.port(0)).replace("curl", "curl -sS");
    assertThat(shell(line)).matches("\\[\n  -?\\d+\\.\\d+,\n  -?\\d+\\.\\d+\n]");
  }

  @Test
  void aKeystoreOfKeytool() throws Exception {
    assumeThere("curl");
    shell(
        "keytool -genkey -keyalg RSA -alias ts -keystore keystore.p12 -storepass changeit"
            + " -storetype PKCS12 -validity 3600 -keysize 2048"
            + " -dname \"CN=www.MY_TS.com, OU=Cloud Service, O=model server, L=Palo Alto,"
            + " ST=California, C=US\"");
    try (RunningServer server =
        server(
            EVERYWHERE,
            "keystore=" + directory.resolve("keystore.p12"),
            "keystore_pass=changeit",
            "keystore_type=PKCS12")) {
      assertPredicts(server);
      assertThat(shell("curl -sS --insecure https://127.0.0.1:" + server.port(1) + "/models"))
          .contains("\"modelName\": \"siamese\"");
      assertThat(shell("curl -sS --insecure https://127.0.0.1:" + server.port(2) + "/metrics"))
          .contains("Requests2XX{");
    }
  }

  @Test
  void aKeyAndACertificateOfOpenSsl() throws Exception {
    assumeThere("curl");
    assumeThere("openssl");
    shell(
        "openssl req -x509 -nodes -days 365 -newkey rsa:2048 -keyout mykey.key -out mycert.pem"
            + " -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1");
    try (RunningServer server =
        server(
            EVERYWHERE,
            "private_key_file=" + directory.resolve("mykey.key"),
            "certificate_file=" + directory.resolve("mycert.pem"))) {
      assertPredicts(server);
      String ping = "https://127.0.0.1:" + server.port(0) + "/ping";
      assertThat(shell("curl -sS --cacert mycert.pem " + ping)).contains("Healthy");
      for (String version : List.of("--tlsv1.2 --tls-max 1.2", "--tlsv1.3", "--http2")) {
        assertThat(shell("curl -sS -i --cacert mycert.pem " + version + " " + ping))
            .startsWith("HTTP/1.1 200 OK");
      }
    }
  }

  @Test
  void noFileAtAll() throws Exception {
    assumeThere("curl");
    assumeThere("openssl");
    try (RunningServer server = server(EVERYWHERE)) {
      assertPredicts(server);
      String connect = "openssl s_client -connect 127.0.0.1:" + server.port(0);
      String shown = shell(connect + " 2>&1 < /dev/null | openssl x509 -noout -text -checkend 1");
      assertThat(shown)
          .contains("CN = localhost")
          .contains("DNS:localhost, IP Address:127.0.0.1")
          .contains("Public-Key: (2048 bit)")
          .contains("Certificate will not expire");
      // A connection that ended without close_notify is an error to OpenSSL 3.
      for (String version : List.of("-tls1_2", "-tls1_3")) {
        String request = "GET /ping HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n";
        assertThat(shell("printf '" + request + "' | " + connect + " -quiet " + version + " 2>&1"))
            .contains("\"status\": \"Healthy\"")
            .doesNotContain("unexpected eof")
            .doesNotContain(":error:");
      }
    }
  }

  @Test
  void aUnixSocketForAllThree() throws Exception {
    assumeThere("curl");
    Path socket = directory.resolve("sconce.sock");
    try (RunningServer server =
        server(
            "inference_address=unix:" + socket,
            "management_address=unix:" + socket,
            "metrics_address=unix:" + socket,
            "default_workers_per_model=1")) {
      String curl = "curl -sS --unix-socket " + socket + " http://localhost";
      assertThat(shell(curl + "/ping")).contains("Healthy");
      assertThat(shell(curl + "/models")).contains("\"modelName\": \"siamese\"");
      assertThat(shell(curl + "/metrics")).contains("Requests2XX{");
      assertThat(server.models()).hasSize(1);
    }
    assertThat(socket).doesNotExist();
  }
}
