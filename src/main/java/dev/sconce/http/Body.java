package dev.sconce.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a request carries besides its headers. All of it lies in the heap, none of it on disk.
 *
 * <p>Buffers are views of the bytes as they were received: they are shared and never to be written
 * to, and they keep the whole body alive.
 */
public sealed interface Body {

  /** No bytes at all, whatever content type was declared. */
  record Empty() implements Body {}

  /**
   * Bytes that are not a form; JSON is one of them.
   *
   * @param content the bytes, from position 0 to the limit; each call gives a view of its own
   * @param contentType the request's {@code Content-Type} as it was sent, empty if there was none
   */
  record Raw(ByteBuffer content, String contentType) implements Body {
    @Override
    public ByteBuffer content() {
      return content.duplicate();
    }
  }

  /**
   * A form, sent as {@code multipart/form-data} or {@code application/x-www-form-urlencoded}.
   *
   * @param fields the fields by name, in the order in which the names first came; of several with
   *     one name the last one is kept, as TorchServe does
   */
  record Form(Map<String, Field> fields) implements Body {
    /** Copies the map. */
    public Form {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** The field of that name, if the form has it. */
    public Optional<Field> field(String name) {
      return Optional.ofNullable(fields.get(name));
    }
  }

  /**
   * One field of a form.
   *
   * @param content the bytes, from position 0 to the limit; each call gives a view of its own
   * @param contentType the part's own {@code Content-Type} as it was sent, empty if there was none
   * @param fileName the file name as the client gave it: a hint, never a path
   */
  record Field(ByteBuffer content, String contentType, Optional<String> fileName) {
    @Override
    public ByteBuffer content() {
      return content.duplicate();
    }

    /** The bytes read as UTF-8. */
    public String text() {
      return StandardCharsets.UTF_8.decode(content()).toString();
    }
  }
}
