package dev.sconce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** What files and archives hold, in a form that two of them can be compared by. */
final class ArchiveContents {
  private ArchiveContents() {}

  /** File or archive to its sorted entries; times that differ from run to run are left out. */
  static Map<String, List<String>> below(Path directory) throws IOException {
    Map<String, List<String>> contents = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = directory.relativize(file).toString();
        contents.put(name, entries(name, file).stream().sorted().toList());
      }
    }
    return contents;
  }

  private static List<String> entries(String name, Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (name.endsWith(".mar") && bytes[0] == 'P') {
      return zipEntries(file);
    }
    return name.endsWith(".tar.gz") ? tarEntries(file) : List.of(text(bytes));
  }

  private static List<String> zipEntries(Path file) throws IOException {
    Map<String, String> entries = new HashMap<>();
    try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        byte[] content = zip.getInputStream(entry).readAllBytes();
        String method = entry.getMethod() == ZipArchiveEntry.STORED ? " stored: " : " deflated: ";
        assertThat(entries.put(entry.getName(), method + text(content))).isNull();
      }
    }
    return flat(entries);
  }

  private static List<String> tarEntries(Path file) throws IOException {
    Map<String, String> entries = new HashMap<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new GZIPInputStream(Files.newInputStream(file)), "UTF-8")) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        String content = " type " + entry.getLinkFlag() + ": " + text(tar.readAllBytes());
        assertThat(entries.put(entry.getName(), content)).isNull();
      }
    }
    return flat(entries);
  }

  private static List<String> flat(Map<String, String> entries) {
    return entries.entrySet().stream().map(e -> e.getKey() + e.getValue()).toList();
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.ISO_8859_1)
        .replaceAll("\"createdOn\": \"[0-9/]{10} [0-9:]{8}\"", "\"createdOn\": \"now\"");
  }
}
