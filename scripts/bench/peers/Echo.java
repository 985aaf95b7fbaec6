import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import java.util.List;

/** Answers each request with its own body. */
public final class Echo implements Handler<byte[], byte[]> {
  @Override
  public void initialize(HandlerContext context) {}

  @Override
  public byte[] preprocess(Input input) {
    Part body = input.require("data", "body");
    byte[] bytes = new byte[body.size()];
    body.content().get(bytes);
    return bytes;
  }

  @Override
  public List<byte[]> inference(List<byte[]> batch) {
    return batch;
  }

  @Override
  public Output postprocess(Input input, byte[] body) {
    return Output.bytes("application/octet-stream", body);
  }
}
