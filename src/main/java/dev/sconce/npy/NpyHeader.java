package dev.sconce.npy;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What an NPY file says of its elements.
 *
 * @param type as {@link NpyArray#type}
 * @param order of an element's bytes
 * @param columnsFirst whether the first index, not the last, runs fastest
 * @param shape the sizes, the outermost first
 */
record NpyHeader(String type, ByteOrder order, boolean columnsFirst, List<Long> shape) {
  /** As many as NumPy has. */
  private static final int MOST_DIMENSIONS = 64;

  private static final int LONGEST_SHOWN = 80;

  /** Kind and size of an element; the byte order stands before it, or nothing. */
  private static final Pattern TYPE = Pattern.compile("'[<>=|]?+(?:b1|[iu][1248]|f[248]|\\?)'");

  /** A text with its quotes, a word or a number, or a sign of Python's notation. */
  private static final Pattern TOKEN = Pattern.compile("'[^']*+'|\"[^\"]*+\"|\\w++|[^\\s\\w]");

  /**
   * Reads a header's text: a dictionary in Python's notation.
   *
   * @throws IllegalArgumentException if it is another, or says that the elements are no numbers
   */
  static NpyHeader of(String text) {
    List<String> tokens =
        TOKEN
            .matcher(text)
            .results()
            .map(MatchResult::group)
            .map(t -> t.replace('"', '\''))
            .toList();
    return new Reader(text, tokens.iterator()).header();
  }

  /** Reads the tokens one after the other. */
  private static final class Reader {
    private final String text;
    private final Iterator<String> tokens;
    private Optional<String> type = Optional.empty();
    private Optional<Boolean> columnsFirst = Optional.empty();
    private Optional<List<Long>> shape = Optional.empty();

    Reader(String text, Iterator<String> tokens) {
      this.text = text;
      this.tokens = tokens;
    }

    NpyHeader header() {
      require(next().equals("{"));
      String token = next();
      while (!token.equals("}")) {
        require(next().equals(":"));
        member(token);
        token = next();
        if (token.equals(",")) {
          token = next();
        } else {
          require(token.equals("}"));
        }
      }
      require(!tokens.hasNext());
      String found = type.orElseThrow(this::wrong);
      ByteOrder order = found.charAt(1) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
      String plain = found.replaceAll("[<>=|']", "").replace("?", "b1");
      return new NpyHeader(
          plain, order, columnsFirst.orElseThrow(this::wrong), shape.orElseThrow(this::wrong));
    }

    private void member(String name) {
      switch (name) {
        case "'descr'" -> type = Optional.of(type(next()));
        case "'fortran_order'" -> columnsFirst = Optional.of(flag(next()));
        case "'shape'" -> shape = Optional.of(sizes());
        default -> throw wrong();
      }
    }

    private static String type(String token) {
      if (!TYPE.matcher(token).matches()) {
        throw new IllegalArgumentException(
            "an NPY file with elements of %s (expected: bool, or integers or floats of at most 64 bits)"
                .formatted(token.equals("[") ? "several fields" : shortened(token)));
      }
      return token;
    }

    private boolean flag(String token) {
      require(token.equals("True") || token.equals("False"));
      return token.equals("True");
    }

    /** A tuple: {@code ()}, {@code (2,)} or {@code (2, 3)}. */
    private List<Long> sizes() {
      require(next().equals("("));
      List<Long> sizes = new ArrayList<>();
      String token = next();
      while (!token.equals(")")) {
        require(token.matches("\\d{1,18}L?"));
        sizes.add(Long.valueOf(token.replace("L", "")));
        require(sizes.size() <= MOST_DIMENSIONS);
        token = next();
        if (token.equals(",")) {
          token = next();
        } else {
          require(token.equals(")") && sizes.size() > 1);
        }
      }
      return List.copyOf(sizes);
    }

    private String next() {
      require(tokens.hasNext());
      return tokens.next();
    }

    private void require(boolean asExpected) {
      if (!asExpected) {
        throw wrong();
      }
    }

    private IllegalArgumentException wrong() {
      return new IllegalArgumentException(
          "an NPY header %s (expected: as in {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), })"
              .formatted(shortened(text.strip())));
    }
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
  }

  /** How many bytes an element has. */
  int elementBytes() {
    return type.charAt(1) - '0';
  }

  /**
   * How many bytes the elements have.
   *
   * @throws IllegalArgumentException if they are more than can be counted, be some size 0 or not
   */
  long dataBytes() {
    try {
      long[] others = shape.stream().mapToLong(Long::longValue).filter(size -> size > 0).toArray();
      long bytes = Arrays.stream(others).reduce(elementBytes(), Math::multiplyExact);
      return others.length < shape.size() ? 0 : bytes;
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(this + " (expected: an array that fits into memory)", e);
    }
  }

  /** As in {@code an NPY file of f4 [2, 3]}. */
  @Override
  public String toString() {
    return "an NPY file of " + type + " " + shape;
  }
}
