package dev.sconce.auth;

import java.util.Optional;
import java.util.stream.Stream;

/** What a key opens. */
enum KeyKind {
  /** The management API. */
  MANAGEMENT("management"),
  /** The inference API. */
  INFERENCE("inference"),
  /** The renewal of the other two; it does not expire. */
  API("API");

  private final String wireName;

  KeyKind(String wireName) {
    this.wireName = wireName;
  }

  /** Its name in the key file and in {@code /token?type=}. */
  String wireName() {
    return wireName;
  }

  /** The kind of that name, if it is one that can be renewed. */
  static Optional<KeyKind> renewable(String wireName) {
    return Stream.of(MANAGEMENT, INFERENCE).filter(k -> k.wireName.equals(wireName)).findFirst();
  }
}
