package dev.sconce.network;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The file that holds a TorchScript module: a zip of stored entries under one folder, with the
 * source text, the pickled module object and the tensors.
 *
 * <p>Layout as {@code torch.jit.save} writes it and {@code torch/csrc/jit/serialization/import.cpp}
 * reads it, version 3.
 */
final class ScriptArchive {
  /** What attributes that are tensors are called, with a number behind. */
  static final String TENSOR = "w";

  /** What attributes that are lists of whole numbers are called, one beside each tensor. */
  static final String SIZES = "s";

  private static final String ROOT = "module/";
  private static final LocalDateTime ZIP_EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final ZipOutputStream zip;

  private ScriptArchive(ZipOutputStream zip) {
    this.zip = zip;
  }

  /**
   * Writes a module.
   *
   * @param file is made or overwritten
   * @param className the module's class in {@code source}
   * @param source the text of {@code code/__torch__.py}
   * @param constants what {@code source} calls {@code CONSTANTS.c0}, {@code CONSTANTS.c1}, …
   * @param attributes what it calls {@code self.w0}, {@code self.w1}, …, beside which there are
   *     empty lists {@code self.s0}, {@code self.s1}, …
   */
  static void write(
      Path file,
      String className,
      String source,
      List<Constant> constants,
      List<Constant> attributes)
      throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      ScriptArchive archive = new ScriptArchive(zip);
      archive.entry("version", "3\n");
      archive.entry("byteorder", "little");
      archive.entry("code/__torch__.py", source);
      archive.entry("data.pkl", modulePickle(className, attributes));
      archive.entries("data/", attributes);
      archive.entry("constants.pkl", constantsPickle(constants));
      archive.entries("constants/", constants);
    }
  }

  private void entries(String folder, List<Constant> tensors) throws IOException {
    for (int i = 0; i < tensors.size(); i++) {
      entry(folder + i, tensors.get(i).content());
    }
  }

  private void entry(String name, String text) throws IOException {
    entry(name, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private void entry(String name, ByteBuffer content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content.duplicate());
    begin(name, content.remaining(), crc);
    zip.write(content.array(), content.arrayOffset(), content.remaining());
    zip.closeEntry();
  }

  /** In two passes, so that no constant is held as bytes: a large Linear has half a gigabyte. */
  private void entry(String name, Constant.Content content) throws IOException {
    CRC32 crc = new CRC32();
    content.writeTo(new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
    begin(name, content.size(), crc);
    content.writeTo(zip);
    zip.closeEntry();
  }

  private void begin(String name, long size, CRC32 crc) throws IOException {
    ZipEntry entry = new ZipEntry(ROOT + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(ZIP_EPOCH);
    entry.setSize(size);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
  }

  /** An object of the class, with its attributes. */
  private static ByteBuffer modulePickle(String className, List<Constant> attributes) {
    PickleWriter pickle = new PickleWriter();
    pickle.global("__torch__", className).emptyTuple().newObject();
    pickle.emptyDict().mark().text("training").bool(false);
    for (int i = 0; i < attributes.size(); i++) {
      tensor(pickle.text(TENSOR + i), i, attributes.get(i));
      pickle.text(SIZES + i).emptyIntegers();
    }
    pickle.setItems().build();
    return pickle.stop();
  }

  private static ByteBuffer constantsPickle(List<Constant> constants) {
    PickleWriter pickle = new PickleWriter();
    pickle.mark();
    for (int i = 0; i < constants.size(); i++) {
      tensor(pickle, i, constants.get(i));
    }
    return pickle.tuple().stop();
  }

  /** {@code _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)}. */
  private static void tensor(PickleWriter pickle, int index, Constant constant) {
    pickle.global("torch._utils", "_rebuild_tensor_v2").mark();
    pickle.mark().text("storage").global("torch", constant.type().storage).text("" + index);
    pickle.text("cpu").integer(constant.elements()).tuple().persistentId();
    pickle.integer(0).integers(constant.shape()).integers(constant.strides()).bool(false);
    pickle.global("collections", "OrderedDict").emptyTuple().reduce();
    pickle.tuple().reduce();
  }
}
