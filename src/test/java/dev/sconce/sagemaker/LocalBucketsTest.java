package dev.sconce.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBucketsTest {
  private static final int LIMIT = 100;

  @TempDir Path outside;
  private Path root;
  private LocalBuckets buckets;

  @BeforeEach
  void open() {
    root = outside.resolve("made/here");
    buckets = LocalBuckets.in(root);
  }

  private static S3Location at(String bucket, String... key) {
    return new S3Location(bucket, List.of(key));
  }

  private static void write(Upload upload, String text) throws IOException {
    upload.write(StandardCharsets.UTF_8.encode(text));
  }

  private String read(String... key) throws IOException {
    return new String(buckets.read(at("bucket", key), LIMIT), StandardCharsets.UTF_8);
  }

  @Test
  void whatIsWrittenIsAtBucketAndKeyAndIsRead() throws Exception {
    try (Upload upload = buckets.create(at("bucket", "a b", "c"))) {
      write(upload, "one ");
      write(upload, "two");
      upload.finish();
    }
    assertThat(Files.readString(root.resolve("bucket/a b/c"))).isEqualTo("one two");
    assertThat(read("a b", "c")).isEqualTo("one two");
  }

  @Test
  void aFileIsThereOnlyOnceItIsWhole() throws Exception {
    try (Upload upload = buckets.create(at("bucket", "a"))) {
      write(upload, "one");
      assertThatThrownBy(() -> read("a")).isInstanceOf(ServingException.class);
      upload.finish();
    }
    try (Upload upload = buckets.create(at("bucket", "a"))) {
      write(upload, "two");
      assertThat(read("a")).isEqualTo("one");
      upload.finish();
    }
    assertThat(read("a")).isEqualTo("two");
    assertThat(LocalFiles.below(root)).containsExactly("bucket/a");
  }

  @Test
  void whatIsNotFinishedLeavesNothing() throws Exception {
    try (Upload upload = buckets.create(at("bucket", "a"))) {
      write(upload, "half");
    }
    assertThat(LocalFiles.below(root)).isEmpty();
  }

  @Test
  void theBytesOfABufferStay() throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(new byte[3]);
    try (Upload upload = buckets.create(at("bucket", "a"))) {
      upload.write(bytes);
    }
    assertThat(bytes.remaining()).isEqualTo(3);
  }

  @Test
  void linksAreNotFollowedWhenReading() throws Exception {
    Path secret = Files.writeString(outside.resolve("secret"), "secret");
    Path bucket = Files.createDirectories(root.resolve("bucket"));
    Files.createSymbolicLink(bucket.resolve("file"), secret);
    Files.createSymbolicLink(bucket.resolve("directory"), outside);
    Files.createSymbolicLink(root.resolve("linked"), outside);
    assertThatThrownBy(() -> read("file")).hasMessageContaining("no such file");
    assertThatThrownBy(() -> read("directory", "secret")).hasMessageContaining("no such file");
    assertThatThrownBy(() -> buckets.read(at("linked", "secret"), LIMIT))
        .hasMessageContaining("no such file");
  }

  @Test
  void linksAreNotFollowedWhenWriting() throws Exception {
    Path secret = Files.writeString(outside.resolve("secret"), "secret");
    Path bucket = Files.createDirectories(root.resolve("bucket"));
    Files.createSymbolicLink(bucket.resolve("file"), secret);
    Files.createSymbolicLink(bucket.resolve("directory"), outside);
    try (Upload upload = buckets.create(at("bucket", "file"))) {
      write(upload, "answer");
      upload.finish();
    }
    assertThatThrownBy(() -> buckets.create(at("bucket", "directory", "b")))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("is in the way (expected: a directory)");
    assertThat(secret).hasContent("secret"); // the link was replaced, not followed
    assertThat(read("file")).isEqualTo("answer");
    assertThat(LocalFiles.below(outside)).containsExactly("made/here/bucket/file", "secret");
  }

  @Test
  void aFileIsNoDirectoryAndADirectoryNoFile() throws Exception {
    Path bucket = Files.createDirectories(root.resolve("bucket/directory"));
    Files.writeString(bucket.resolveSibling("file"), "");
    assertThatThrownBy(() -> read("directory")).hasMessageContaining("no such file");
    assertThatThrownBy(() -> buckets.create(at("bucket", "file", "b")))
        .hasMessageContaining("is in the way");
    try (Upload upload = buckets.create(at("bucket", "directory"))) {
      assertThatThrownBy(upload::finish).isInstanceOf(IOException.class);
    }
    assertThat(LocalFiles.below(root)).containsExactly("bucket/file");
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    Path bucket = Files.createDirectories(root.resolve("bucket"));
    Process made = new ProcessBuilder("mkfifo", bucket.resolve("pipe").toString()).start();
    assertThat(made.waitFor()).isZero();
    assertThatThrownBy(() -> read("pipe")).hasMessageContaining("no such file");
  }

  @Test
  void whatIsLargerThanABodyMayBeIsNotRead() throws Exception {
    Path bucket = Files.createDirectories(root.resolve("bucket"));
    Files.write(bucket.resolve("fits"), new byte[LIMIT]);
    Files.write(bucket.resolve("large"), new byte[LIMIT + 1]);
    assertThat(buckets.read(at("bucket", "fits"), LIMIT)).hasSize(LIMIT);
    assertThatThrownBy(() -> read("large"))
        .hasMessage("s3://bucket/large: 101 bytes (expected: at most max_request_size, 100)")
        .extracting(e -> ((ServingException) e).code())
        .isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
  }

  @Test
  void aLocationThatWasNotCheckedStaysInsideAllTheSame() {
    for (S3Location escape :
        List.of(
            at("..", "secret"), at("bucket", "..", "..", "a"), at("bucket", "/etc", "passwd"))) {
      assertThatThrownBy(() -> buckets.read(escape, LIMIT)).isInstanceOf(ServingException.class);
      assertThatThrownBy(() -> buckets.create(escape)).isInstanceOf(ServingException.class);
    }
  }

  @Test
  void whatIsNoDirectoryToWriteToIsAFaultOfTheConfiguration() throws Exception {
    Path file = Files.writeString(outside.resolve("file"), "");
    Path readOnly = Path.of(URI.create("jrt:/java.base"));
    Map<Path, String> faults =
        Map.of(
            file,
            "is no directory",
            file.resolve("below"),
            "cannot be made: Not a directory",
            readOnly,
            "cannot be written to");
    faults.forEach(
        (directory, why) ->
            assertThatThrownBy(() -> LocalBuckets.in(directory))
                .hasMessage(
                    "--sagemaker-local: %s %s (expected: a directory to write to, or where one can"
                        + " be made)",
                    directory, why)
                .extracting(e -> ((ServingException) e).code())
                .isEqualTo(ErrorCode.INVALID_CONFIGURATION));
  }
}
