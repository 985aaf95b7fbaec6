package dev.sconce.download;

import java.util.Optional;

/**
 * What requests to S3 are signed with, as the environment has it for AWS's own tools.
 *
 * @param keyId {@code AWS_ACCESS_KEY_ID}
 * @param secret {@code AWS_SECRET_ACCESS_KEY}
 * @param region {@code AWS_DEFAULT_REGION}
 * @param sessionToken {@code AWS_SESSION_TOKEN}, which goes with keys that are given for a while
 */
public record S3Credentials(
    String keyId, String secret, String region, Optional<String> sessionToken) {

  /** Without the secrets. */
  @Override
  public String toString() {
    return "S3Credentials[" + keyId + ", " + region + "]";
  }
}
