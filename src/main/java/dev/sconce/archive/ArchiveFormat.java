package dev.sconce.archive;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What {@code torch-model-archiver --archive-format} can write. */
public enum ArchiveFormat {
  /** A zip file, compressed. */
  DEFAULT("default", ".mar"),
  /** A gzipped tar file with everything under one directory of the model's name. */
  TGZ("tgz", ".tar.gz"),
  /** A directory of the model's name. */
  NO_ARCHIVE("no-archive", ""),
  /** A zip file, not compressed: quicker to write and to open. */
  ZIP_STORE("zip-store", ".mar");

  private final String wireName;
  private final String extension;

  ArchiveFormat(String wireName, String extension) {
    this.wireName = wireName;
    this.extension = extension;
  }

  /** As the flag writes it. */
  public String wireName() {
    return wireName;
  }

  /** The file or directory name of a model in this format. */
  String fileName(String modelName) {
    return modelName + extension;
  }

  /** The format of that name; empty if there is none. */
  public static Optional<ArchiveFormat> of(String wireName) {
    return Arrays.stream(values()).filter(f -> f.wireName.equals(wireName)).findFirst();
  }

  /** All names, for messages: {@code default, tgz, no-archive, zip-store}. */
  public static String wireNames() {
    return Arrays.stream(values()).map(ArchiveFormat::wireName).collect(Collectors.joining(", "));
  }
}
