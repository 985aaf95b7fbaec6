package com.example;

import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Answers in pieces. */
public final class Pieces extends Echo {
  @Override
  public Output postprocess(Input input, Seen seen) {
    return Output.stream(
        "text/plain",
        Stream.of("chunk0 ", "chunk1 ", "chunk2 ", "last")
            .map(text -> ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)))
            .iterator());
  }
}
