package dev.sconce.handler;

import java.util.List;

/**
 * A handler whose answer is one JSON value. Only such a handler can be put into a service envelope,
 * where a request holds several instances and its answer the results of all of them.
 *
 * <p>An instance reaches {@link #preprocess} as an {@link Input} of its own: one that is a JSON
 * object has its members as parts, any other is the part {@code body}. A text is the part's text;
 * {@code {"b64": …}} is the bytes that it stands for; numbers, lists and objects are their JSON,
 * with content type {@code application/json}.
 *
 * @param <P> what preprocessing makes of one request, or of one instance
 * @param <R> what inference makes of one request, or of one instance
 */
public interface JsonHandler<P, R> extends Handler<P, R> {

  /**
   * The answer to one request, or to one instance.
   *
   * @param input the request or instance that {@code result} belongs to
   * @return maps with text keys, lists, Java arrays, text, numbers and booleans, in any nesting
   * @throws Exception if this request cannot be answered; others are not touched
   */
  Object result(Input input, R result) throws Exception;

  /**
   * Makes the instances of one request agree, if they have to; by default they need not.
   *
   * @param instances at least one, in the request's order
   * @return as many, in the same order
   * @throws Exception if they do not fit together; the request cannot be served
   */
  default List<P> together(List<P> instances) throws Exception {
    return instances;
  }

  @Override
  default Output postprocess(Input input, R result) throws Exception {
    return Output.json(result(input, result));
  }
}
