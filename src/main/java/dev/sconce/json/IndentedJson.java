package dev.sconce.json;

import java.lang.reflect.Array;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the layouts have in common: two spaces an indent, one element a line (or all of it on one
 * line, with a blank after each comma), {@code ": "} after a name, {@code []} and {@code {}} when
 * empty. They differ in how text and numbers are written and in what becomes of nulls.
 *
 * <p>Values are maps with text keys, iterables, Java arrays, text, numbers, booleans and null.
 */
abstract class IndentedJson {
  final StringBuilder out = new StringBuilder(256);

  /** Between two elements; a new line is begun behind it unless all is to be on one. */
  private final String comma;

  IndentedJson(boolean oneLine) {
    this.comma = oneLine ? ", " : ",";
  }

  /** Writes {@code text} with its quotes. */
  abstract void text(String text);

  /** Writes a number that is no whole one. */
  abstract void decimal(double value);

  /** Whether an object's members that are null are left out. */
  abstract boolean omitsNulls();

  final void value(@Nullable Object value, int depth) {
    if (value == null) {
      out.append("null");
    } else if (value instanceof CharSequence || value instanceof Enum<?>) {
      text(value.toString());
    } else if (value instanceof Boolean flag) {
      out.append(flag.booleanValue());
    } else if (value instanceof Number number) {
      number(number);
    } else if (value instanceof Map<?, ?> map) {
      object(map, depth);
    } else if (value instanceof Iterable<?> items) {
      array(items.iterator(), depth);
    } else if (value.getClass().isArray()) {
      array(new ArrayElements(value), depth);
    } else {
      throw new IllegalArgumentException("not a JSON value: " + value.getClass().getName());
    }
  }

  private void number(Number number) {
    if (number instanceof Double || number instanceof Float) {
      decimal(number.doubleValue());
    } else {
      out.append(number);
    }
  }

  private void object(Map<?, ?> map, int depth) {
    List<? extends Map.Entry<?, ?>> members =
        map.entrySet().stream()
            .filter(member -> !omitsNulls() || member.getValue() != null)
            .toList();
    if (members.isEmpty()) {
      out.append("{}");
      return;
    }
    String separator = "{";
    for (Map.Entry<?, ?> member : members) {
      out.append(separator);
      line(depth + 1);
      text(String.valueOf(member.getKey()));
      out.append(": ");
      value(member.getValue(), depth + 1);
      separator = comma;
    }
    line(depth);
    out.append('}');
  }

  private void array(Iterator<?> items, int depth) {
    if (!items.hasNext()) {
      out.append("[]");
      return;
    }
    String separator = "[";
    while (items.hasNext()) {
      out.append(separator);
      line(depth + 1);
      value(items.next(), depth + 1);
      separator = comma;
    }
    line(depth);
    out.append(']');
  }

  private void line(int depth) {
    if (comma.length() > 1) {
      return; // the comma has its blank
    }
    out.append('\n').append("  ".repeat(depth));
  }

  /** Writes a character that is no plain ASCII as {@code \\uXXXX}. */
  final void unicodeEscape(char c) {
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      out.append(Character.forDigit((c >> shift) & 0xf, 16));
    }
  }

  /** Writes the two-character escape of {@code c}, if both layouts have one; else returns false. */
  final boolean shortEscape(char c) {
    int index = "\"\\\b\f\n\r\t".indexOf(c);
    if (index < 0) {
      return false;
    }
    out.append('\\').append("\"\\bfnrt".charAt(index));
    return true;
  }

  /** The elements of a Java array of any type; a float becomes the double of the same value. */
  private static final class ArrayElements implements Iterator<Object> {
    private final Object array;
    private int next;

    ArrayElements(Object array) {
      this.array = array;
    }

    @Override
    public boolean hasNext() {
      return next < Array.getLength(array);
    }

    @Override
    public Object next() {
      return Array.get(array, next++);
    }
  }
}
