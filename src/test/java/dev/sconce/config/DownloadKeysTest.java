package dev.sconce.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.config.ServerConfig.StartupModel;
import dev.sconce.download.DownloadSettings;
import dev.sconce.download.S3Credentials;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the configuration says of models that are registered by URL. */
class DownloadKeysTest {
  @TempDir Path directory;

  private ServerConfig load(String properties, Map<String, String> environment, String... models)
      throws IOException {
    Path file = Files.writeString(directory.resolve("a.properties"), properties);
    return new ConfigLoader(1 << 30, directory, directory, environment)
        .load(new Overrides(Optional.of(file), Optional.empty(), List.of(models)));
  }

  private List<String> allowed(String properties, Map<String, String> environment)
      throws IOException {
    return load(properties, environment).downloads().allowed().stream()
        .map(Pattern::pattern)
        .toList();
  }

  @Test
  void byDefaultNoUrlIsAllowed() throws IOException {
    assertThat(load("", Map.of()).downloads()).isEqualTo(DownloadSettings.NONE);
    assertThat(load("", Map.of()).models().downloadedJars()).isFalse();
    assertThat(allowed("allowed_urls= , ", Map.of())).isEmpty();
  }

  @Test
  void everyKeyReachesItsSetting() throws IOException {
    DownloadSettings settings =
        load(
                """
                allowed_urls=https://s3.amazonaws.com/.*, file:///models/.*
                max_download_size=100000000000
                download_timeout=5
                """,
                Map.of())
            .downloads();
    assertThat(settings.allowed())
        .extracting(Pattern::pattern)
        .containsExactly("https://s3.amazonaws.com/.*", "file:///models/.*");
    assertThat(settings.allowed()).allMatch(p -> p.flags() == Pattern.CASE_INSENSITIVE);
    assertThat(settings.maxBytes()).isEqualTo(100_000_000_000L);
    assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void wrongValuesAreNamedAllAtOnce() {
    assertThatThrownBy(
            () ->
                load(
                    "allowed_urls=https://[,http://(\nmax_download_size=0\ndownload_timeout=3601",
                    Map.of()))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("the configuration has 4 faults:")
        .hasMessageContaining("allowed_urls: https://[ (expected: regular expressions with commas")
        .hasMessageContaining("allowed_urls: http://( (expected: regular expressions with commas")
        .hasMessageContaining("max_download_size: 0 (expected: a whole number >= 1)")
        .hasMessageContaining("download_timeout: 3601 (expected: a whole number from 1 to 3600)");
  }

  @ParameterizedTest
  @CsvSource({
    "false, false, file",
    "true,  false, file",
    "false, true,  file",
    "true,  true,  environment",
  })
  void theEnvironmentSaysWhatIsAllowedIfBothKeysSaySo(boolean all, boolean urls, String from)
      throws IOException {
    Map<String, String> environment =
        Map.of("TS_ALLOWED_URLS", "environment", "TS_USE_ENV_ALLOWED_URLS", "true");
    String keys =
        "allowed_urls=file\nenable_envvars_config=%s\nuse_env_allowed_urls=%s".formatted(all, urls);
    assertThat(allowed(keys, environment)).containsExactly(from);
  }

  @Test
  void requestsAreSignedWithWhatTheEnvironmentHas() throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put("AWS_ACCESS_KEY_ID", "id");
    environment.put("AWS_SECRET_ACCESS_KEY", "secret");
    assertThat(load("", environment).downloads().s3()).isEmpty();
    environment.put("AWS_DEFAULT_REGION", "eu-north-1");
    assertThat(load("", environment).downloads().s3())
        .hasValue(new S3Credentials("id", "secret", "eu-north-1", Optional.empty()));
    environment.put("AWS_SESSION_TOKEN", "token");
    assertThat(load("", environment).downloads().s3().orElseThrow().sessionToken())
        .hasValue("token");
  }

  @Test
  void modelsToLoadMayBeUrls() throws IOException {
    assertThat(
            load("", Map.of(), "https://h/x.mar?a=b", "twin=file:///m/y.mar", "z=w.mar")
                .startupModels())
        .containsExactly(
            new StartupModel(Optional.empty(), "https://h/x.mar?a=b"),
            new StartupModel(Optional.of("twin"), "file:///m/y.mar"),
            new StartupModel(Optional.of("z"), "w.mar"));
  }
}
