package dev.sconce.handler;

/** Makes handlers for one model version that are ready to serve. */
@FunctionalInterface
public interface HandlerOpener {
  /**
   * A new, initialized handler.
   *
   * @param device where it is to compute
   * @param shared what all handlers of this model version on that device share
   * @throws Exception what the handler's constructor or {@link Handler#initialize} threw
   */
  Handler<?, ?> open(Device device, SharedResources shared) throws Exception;
}
