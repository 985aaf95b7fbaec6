package dev.sconce.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Writes weights that exist in memory only into files that the server can be given. */
public final class SafetensorsWriter {
  private SafetensorsWriter() {}

  /** Writes every tensor as float32. */
  public static void write(Path file, StateDict weights) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    long at = 0;
    for (Map.Entry<String, Tensor> entry : weights.tensors().entrySet()) {
      Shape shape = entry.getValue().shape();
      long end = at + shape.elementCount() * Float.BYTES;
      List<Long> sizes =
          LongStream.range(0, shape.rank()).map(d -> shape.size((int) d)).boxed().toList();
      header.put(
          entry.getKey(), Map.of("dtype", "F32", "shape", sizes, "data_offsets", List.of(at, end)));
      at = end;
    }
    byte[] json = new ObjectMapper().writeValueAsBytes(header);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer start = littleEndian(Long.BYTES + json.length).putLong(json.length).put(json);
      writeFully(out, start.flip());
      for (Tensor tensor : weights.tensors().values()) {
        float[] values = tensor.toFloats();
        ByteBuffer bytes = littleEndian(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        writeFully(out, bytes);
      }
    }
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
