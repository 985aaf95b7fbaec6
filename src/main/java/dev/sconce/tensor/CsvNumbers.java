package dev.sconce.tensor;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Lines of numbers with commas between, as {@code numpy.genfromtxt(…, dtype=None, delimiter=",")}
 * reads them and {@code torch.FloatTensor} then makes float32 of them: what stands behind {@code #}
 * and lines without anything are passed over; one line, or one column, is a tensor of one
 * dimension, a single number one of none.
 *
 * <p>What is missing between two commas becomes what NumPy makes of it: in columns of decimals NaN,
 * of whole numbers -1, of {@code True} and {@code False} 0; 0 in a column where all are missing.
 * NumPy refuses columns that differ in that; here such are decimals all.
 */
final class CsvNumbers {
  private static final int LONGEST_SHOWN = 40;
  private static final String WANTED = " (expected: a number, True or False)";

  /** What a column holds, the later ones in place of the former. */
  private enum Column {
    NOTHING,
    FLAGS,
    WHOLE,
    DECIMAL
  }

  private final String place;
  private final String text;
  private final BitSet missing = new BitSet();
  private float[] numbers = new float[64];
  private int count;
  private int line;
  private Column[] columns = {};

  private CsvNumbers(String place, String text) {
    this.place = place;
    this.text = text;
  }

  /**
   * Reads a text.
   *
   * @param place of {@code text}, for messages
   * @throws ServingException {@code BAD_REQUEST} naming line and column, if there is no number, one
   *     is none, or the lines differ in length
   */
  static NumberTensor of(String place, String text) {
    CsvNumbers csv = new CsvNumbers(place, text);
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      csv.readLine(at, end < 0 ? text.length() : end);
      at = end < 0 ? text.length() : end + 1;
    }
    if (csv.count == 0) {
      throw csv.refused(": no line with numbers (expected: numbers with commas between)");
    }
    csv.fillMissing();
    long rows = csv.count / csv.columns.length;
    List<Long> shape =
        Stream.of(rows, (long) csv.columns.length).filter(size -> size != 1).toList();
    return NumberTensor.of(Arrays.copyOf(csv.numbers, csv.count), shape);
  }

  private void readLine(int from, int to) {
    line++;
    int end = from; // not by indexOf, which would look through all the lines behind, for each line
    while (end < to && text.charAt(end) != '#') {
      end++;
    }
    int begin = from;
    while (begin < end && isMargin(text.charAt(begin))) {
      begin++;
    }
    while (end > begin && isMargin(text.charAt(end - 1))) {
      end--;
    }
    if (begin < end) {
      readValues(begin, end);
    }
  }

  private static boolean isMargin(char c) {
    return c == ' ' || c == '\r';
  }

  private void readValues(int from, int to) {
    int width = 1;
    for (int i = from; i < to; i++) {
      width += text.charAt(i) == ',' ? 1 : 0;
    }
    if (columns.length == 0) {
      columns = new Column[width];
      Arrays.fill(columns, Column.NOTHING);
    }
    if (width != columns.length) {
      throw refused(
          ", line %d: %d values (expected: %d, as in the first line)"
              .formatted(line, width, columns.length));
    }
    if (numbers.length < count + width) {
      numbers = Arrays.copyOf(numbers, Math.max(count + width, numbers.length * 2));
    }
    int at = from;
    for (int column = 0; column < width; column++) {
      int comma = column == width - 1 ? to : text.indexOf(',', at);
      read(text.substring(at, comma).strip(), column);
      at = comma + 1;
    }
  }

  private void read(String value, int column) {
    Column kind = Column.NOTHING;
    if (value.isEmpty()) {
      missing.set(count);
    } else if (PythonNumber.isFlag(value)) {
      kind = Column.FLAGS;
      numbers[count] = value.equalsIgnoreCase("true") ? 1 : 0;
    } else {
      PythonNumber number =
          PythonNumber.of(value).orElseThrow(() -> refused(noNumber(value, column)));
      kind = number.whole() ? Column.WHOLE : Column.DECIMAL;
      numbers[count] = number.value();
    }
    count++;
    columns[column] = kind.compareTo(columns[column]) > 0 ? kind : columns[column];
  }

  private String noNumber(String value, int column) {
    return ", line %d, value %d: %s%s".formatted(line, column + 1, shortened(value), WANTED);
  }

  private void fillMissing() {
    Set<Column> kinds = EnumSet.noneOf(Column.class);
    kinds.addAll(Arrays.asList(columns));
    kinds.remove(Column.NOTHING);
    for (int i = missing.nextSetBit(0); i >= 0; i = missing.nextSetBit(i + 1)) {
      numbers[i] =
          kinds.size() != 1
              ? Float.NaN
              : switch (columns[i % columns.length]) {
                case NOTHING, FLAGS -> 0;
                case WHOLE -> -1;
                case DECIMAL -> Float.NaN;
              };
    }
  }

  private static String shortened(String value) {
    return value.length() <= LONGEST_SHOWN ? value : value.substring(0, LONGEST_SHOWN) + "…";
  }

  private ServingException refused(String message) {
    return new ServingException(ErrorCode.BAD_REQUEST, place + message);
  }
}
