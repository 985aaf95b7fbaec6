package dev.sconce.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The examples of docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html that have
 * no headers but those that are sent here.
 */
class S3SignatureTest {
  private static final Instant TIME = Instant.parse("2013-05-24T00:00:00Z");
  private static final String KEY = "AKIAIOSFODNN7EXAMPLE";
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

  private static Map<String, String> signed(String url, Optional<String> token) {
    return new S3Signature(new S3Credentials(KEY, SECRET, "us-east-1", token))
        .headers(URI.create(url), TIME);
  }

  @ParameterizedTest
  @CsvSource({
    "?lifecycle, fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    "/?max-keys=2&prefix=J, 34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
  })
  void signaturesAreThoseThatAwsPublished(String target, String signature) {
    assertThat(signed("https://examplebucket.s3.amazonaws.com" + target, Optional.empty()))
        .isEqualTo(
            Map.of(
                "x-amz-content-sha256",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "x-amz-date",
                "20130524T000000Z",
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                    + " SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature="
                    + signature));
  }

  @Test
  void aTokenOfASessionIsSentAndSigned() {
    Map<String, String> headers = signed("https://b.s3.amazonaws.com/x.mar", Optional.of("tok"));
    assertThat(headers).containsEntry("x-amz-security-token", "tok");
    assertThat(headers.get("Authorization")).contains("x-amz-date;x-amz-security-token, ");
  }

  @Test
  void credentialsDoNotShowTheirSecrets() {
    S3Credentials credentials = new S3Credentials(KEY, SECRET, "us-east-1", Optional.of("token"));
    assertThat(credentials.toString()).doesNotContain(SECRET, "token");
  }
}
