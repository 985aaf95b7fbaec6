package dev.sconce.http;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What every connection of one listener works with.
 *
 * @param settings the limits and timeouts
 * @param bodies the room for bodies that are on their way, to all listeners
 * @param endpoint answers the requests
 * @param common the fields that every answer has here and that its endpoint does not give itself
 * @param errors answers for those that fail
 * @param access is told of every answer
 * @param requestIds makes ids for requests that bring none
 * @param nanoClock a clock that only runs forward
 */
record Service(
    HttpSettings settings,
    BodyBudget bodies,
    Endpoint endpoint,
    Headers common,
    ErrorRenderer errors,
    AccessListener access,
    Supplier<String> requestIds,
    LongSupplier nanoClock) {

  /** The same with other answers. */
  Service answeredBy(Endpoint other) {
    return new Service(settings, bodies, other, common, errors, access, requestIds, nanoClock);
  }
}
