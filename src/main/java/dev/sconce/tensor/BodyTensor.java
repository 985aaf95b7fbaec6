package dev.sconce.tensor;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Input;
import dev.sconce.handler.Part;
import dev.sconce.json.RequestJson;
import dev.sconce.npy.NpyArray;
import java.util.Optional;

/** Reads the one tensor that a request's body is, by its content type. */
final class BodyTensor {
  /** As many as NumPy and PyTorch have. */
  private static final int MOST_DIMENSIONS = 64;

  private static final String UNDECLARED = "application/octet-stream";
  private static final String FORM = "application/x-www-form-urlencoded";

  private BodyTensor() {}

  /**
   * The tensor: of JSON and CSV float32, of NPY as it is. A body of which nothing is said is NPY if
   * it begins so, else JSON.
   *
   * @throws ServingException {@code BAD_REQUEST} if the type is not supported or the body is not
   *     what it says
   */
  static NumberTensor of(Input input) {
    Optional<String> form = input.header("content-type").filter(BodyTensor::isForm);
    if (input.part("body").isEmpty() && input.part("data").isEmpty() && form.isPresent()) {
      throw AnswerForm.unsupported("content-type: " + form.get()); // what curl -d says of itself
    }
    Part part = input.require("body", "data");
    String type = AnswerForm.mediaType(part.contentType());
    String known =
        type.isEmpty() || type.equals(UNDECLARED)
            ? NpyArray.begins(part.content()) ? AnswerForm.NPY : AnswerForm.JSON
            : type;
    try {
      return read(part, known);
    } catch (IllegalArgumentException e) {
      throw refused("body: " + e.getMessage());
    }
  }

  private static boolean isForm(String type) {
    return AnswerForm.mediaType(type).equals(FORM);
  }

  private static NumberTensor read(Part part, String type) {
    return switch (type) {
      case AnswerForm.CSV -> CsvNumbers.of("body", part.text());
      case AnswerForm.NPY -> NumberTensor.of(NpyArray.read(part.content()));
      case AnswerForm.JSON -> json(part);
      default -> throw AnswerForm.unsupported("content-type: " + part.contentType());
    };
  }

  private static NumberTensor json(Part part) {
    NumberTensor tensor = NumberTensor.of("body", RequestJson.read(part.text()));
    int dimensions = tensor.kind().shape().size();
    if (dimensions > MOST_DIMENSIONS) {
      throw refused("body: lists %d deep (expected: <= %d)".formatted(dimensions, MOST_DIMENSIONS));
    }
    return tensor;
  }

  private static ServingException refused(String message) {
    return new ServingException(ErrorCode.BAD_REQUEST, message);
  }
}
