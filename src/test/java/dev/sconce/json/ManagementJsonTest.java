package dev.sconce.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Expected text as TorchServe 0.12.0 sent it. */
class ManagementJsonTest {

  @Test
  void layoutIsThatOfTorchServesManagementApi() {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("modelName", "siamese");
    model.put("deviceIds", null);
    model.put("workers", List.of());
    model.put("gpu", false);
    model.put("status", "Model \"siamese\" Version: 1.0 <é>");

    assertThat(new String(ManagementJson.bytes(List.of(model)), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            [
              {
                "modelName": "siamese",
                "workers": [],
                "gpu": false,
                "status": "Model \\"siamese\\" Version: 1.0 <é>"
              }
            ]
            """);
  }

  @Test
  void aNumberThatJsonLacksIsRefused() {
    assertThatThrownBy(() -> ManagementJson.bytes(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN");
  }
}
