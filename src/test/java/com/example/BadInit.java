package com.example;

import dev.sconce.handler.HandlerContext;
import java.io.IOException;

/** Cannot be served. */
public final class BadInit extends Echo {
  @Override
  public void initialize(HandlerContext context) {
    throw new IllegalStateException("asked for", new IOException("asked for"));
  }
}
