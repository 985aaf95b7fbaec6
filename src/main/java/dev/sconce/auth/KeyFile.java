package dev.sconce.auth;

import dev.sconce.json.ManagementJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The file that tells who may read it the keys: TorchServe's {@code key_file.json}, readable by its
 * owner alone. Not for use by several threads.
 */
final class KeyFile {
  private final Path path;
  private byte[] written = {};

  KeyFile(Path path) {
    this.path = path.toAbsolutePath();
  }

  Path path() {
    return path;
  }

  /** Writes the keys; who reads meanwhile finds the old ones or the new ones. */
  void write(Map<KeyKind, Key> keys) throws IOException {
    byte[] content = ManagementJson.bytes(json(keys));
    Path directory = path.getParent();
    boolean posix = Files.getFileStore(directory).supportsFileAttributeView("posix");
    FileAttribute<?>[] ownerOnly = {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
    Path fresh =
        Files.createTempFile(
            directory, ".key_file", ".json", posix ? ownerOnly : new FileAttribute<?>[0]);
    try {
      Files.write(fresh, content);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      written = content;
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Removes the file, unless another server has put its own there meanwhile. */
  void remove() throws IOException {
    if (Files.exists(path) && Arrays.equals(Files.readAllBytes(path), written)) {
      Files.delete(path);
    }
  }

  private static Map<String, Object> json(Map<KeyKind, Key> keys) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (KeyKind kind : KeyKind.values()) {
      Key key = keys.get(kind);
      if (key != null) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("key", key.text());
        key.expires().ifPresent(expires -> members.put("expiration time", expires.toString()));
        all.put(kind.wireName(), members);
      }
    }
    return all;
  }
}
