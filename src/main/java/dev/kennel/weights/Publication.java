package dev.kennel.weights;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** Parameters that torchvision has published, of networks that were trained on ImageNet. */
public final class Publication {
  /** By network: {@code IMAGENET1K_V1} of torchvision, each with its hash in its name. */
  private static final Map<String, String> FILES =
      Map.of(
          "resnet18", "resnet18-f37072fd.pth",
          "resnet34", "resnet34-b627a593.pth",
          "resnet50", "resnet50-0676ba61.pth");

  private Publication() {}

  /**
   * The address of a network's file; empty, if there is none.
   *
   * @param folder the address of the folder that it is in
   */
  public static Optional<URI> of(String network, String folder) {
    return Optional.ofNullable(FILES.get(network))
        .map(file -> URI.create(folder + (folder.endsWith("/") ? "" : "/") + file));
  }
}
