package dev.sconce.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.error.ServingException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Changes good archives at random, always by the same seeds, and opens them: either that works or a
 * {@link ServingException} says why not, and in both cases nothing stays behind and nothing is
 * written anywhere else. More rounds: {@code mvn test -Dsconce.fuzz.rounds=15000}.
 */
class ArchiveFuzzTest {
  private static final int ROUNDS = Integer.getInteger("sconce.fuzz.rounds", 300);
  private static final Path ORIGINALS = Path.of("src/test/resources/archive/original");
  private static final ExtractionLimits LIMITS =
      new ExtractionLimits(100, 1 << 20, 1 << 20, 100, 1 << 18);
  private static final List<byte[]> DICTIONARY =
      Stream.of(
              "../", "/", "\\", "\0", "PK\1\2", "PK\5\6", "\377\377\377\377", "\0\0\0\0", "[[", "{")
          .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
          .toList();

  private final Path directory;
  private final Path store;
  private final Path temporary;
  private final ModelStore models;
  private int opened;
  private int refused;

  ArchiveFuzzTest(@TempDir Path directory) {
    this.directory = directory;
    this.store = directory.resolve("store");
    this.temporary = directory.resolve("tmp");
    this.models = new ModelStore(new StoreSettings(Optional.of(store), temporary, LIMITS));
  }

  @BeforeEach
  void makeDirectories() throws IOException {
    Files.createDirectory(store);
    Files.createDirectory(temporary);
  }

  @ParameterizedTest
  @CsvSource({"everything/twin.mar", "zip_store/twin.mar", "tgz/twin.tar.gz"})
  void changedArchivesAreReadOrRefused(Path original) throws IOException {
    byte[] bytes = Files.readAllBytes(ORIGINALS.resolve(original));
    Random random = new Random(13);
    open("x.mar", bytes);
    for (int i = 0; i < ROUNDS; i++) {
      open("x.mar", change(bytes, random));
    }
    assertThat(opened).isPositive();
    assertThat(refused).isPositive();
  }

  /** Damage that the checksum of gzip would see first. */
  @Test
  void changedTarBlocksAreReadOrRefused() throws IOException {
    byte[] packed = Files.readAllBytes(ORIGINALS.resolve("tgz/twin.tar.gz"));
    byte[] blocks = new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes();
    Random random = new Random(17);
    for (int i = 0; i < ROUNDS; i++) {
      open("x.tar.gz", PackedTarGz.gzip(change(blocks, random)));
    }
    assertThat(opened).isPositive();
    assertThat(refused).isPositive();
  }

  @Test
  void changedManifestsAndConfigurationsAreReadOrRefused() throws IOException {
    Path plain = ORIGINALS.resolve("no_archive/twin");
    byte[] manifest = Files.readAllBytes(plain.resolve(ManifestJson.FILE));
    byte[] config = Files.readAllBytes(plain.resolve(ModelConfig.FILE));
    Random random = new Random(19);
    for (int i = 0; i < ROUNDS; i++) {
      byte[] changed = change(i % 2 == 0 ? manifest : config, random);
      open(
          "x.mar",
          new PackedZip()
              .file(ManifestJson.FILE, i % 2 == 0 ? changed : manifest, entry -> {})
              .file(ModelConfig.FILE, i % 2 == 0 ? config : changed, entry -> {})
              .bytes());
    }
    assertThat(opened).isPositive();
    assertThat(refused).isPositive();
  }

  private void open(String name, byte[] archive) throws IOException {
    Files.write(store.resolve(name), archive);
    String round = "round " + (opened + refused);
    try (ModelArchive model = models.open(name)) {
      assertThat(model.directory()).as(round).startsWith(temporary);
      opened++;
    } catch (ServingException e) {
      assertThat(e.getMessage()).as(round).startsWith(name + ": ");
      refused++;
    }
    assertThat(names(temporary)).as(round).isEmpty();
    assertThat(names(store)).as(round).containsExactly(name);
    assertThat(names(directory)).as(round).containsExactly("store", "tmp");
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.map(child -> String.valueOf(child.getFileName())).sorted().toList();
    }
  }

  private static byte[] change(byte[] original, Random random) {
    byte[] bytes = original;
    for (int changes = 1 + random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
      int at = random.nextInt(bytes.length);
      int end = Math.min(bytes.length, at + 1 + random.nextInt(40));
      bytes =
          switch (random.nextInt(5)) {
            case 0 -> splice(bytes, at, at + 1, new byte[] {(byte) random.nextInt(256)});
            case 1 -> splice(bytes, at, at + 1, new byte[] {(byte) (bytes[at] ^ 1 << at % 8)});
            case 2 -> splice(bytes, at, end, new byte[0]);
            case 3 -> splice(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
            default -> {
              byte[] word = DICTIONARY.get(random.nextInt(DICTIONARY.size()));
              yield splice(bytes, at, Math.min(bytes.length, at + word.length), word);
            }
          };
    }
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] with) {
    ByteArrayOutputStream spliced = new ByteArrayOutputStream();
    spliced.write(bytes, 0, from);
    spliced.writeBytes(with);
    spliced.write(bytes, to, bytes.length - to);
    return spliced.toByteArray();
  }
}
