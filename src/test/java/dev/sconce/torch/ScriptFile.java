package dev.sconce.torch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes TorchScript archives without weights, from source text. */
public final class ScriptFile {
  private ScriptFile() {}

  /**
   * A module of one method, {@code forward(self, x: Tensor) -> Tensor}.
   *
   * @param body its lines, as {@code torch.jit.save} prints them
   */
  public static Path write(Path file, String body) throws IOException {
    return write(file, "x: Tensor) -> Tensor", body);
  }

  /**
   * A module of one method.
   *
   * @param declaration what follows {@code forward(self, }, up to its colon
   * @param body its lines, as {@code torch.jit.save} prints them
   */
  public static Path write(Path file, String declaration, String body) throws IOException {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put("version", "3\n");
    entries.put(
        "code/__torch__.py",
        "class Net(Module):\n  __parameters__ = []\n  __buffers__ = []\n"
            + "  def forward(self: __torch__.Net,\n    "
            + declaration
            + ":\n    "
            + body.replace("\n", "\n    ")
            + "\n");
    entries.put("data.pkl", "\u0080\u0002c__torch__\nNet\n)\u0081}b.");
    entries.put("constants.pkl", "\u0080\u0002).");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        put(zip, entry.getKey(), entry.getValue().getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    return file;
  }

  private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry("module/" + name);
    CRC32 sum = new CRC32();
    sum.update(bytes);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(sum.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }
}
