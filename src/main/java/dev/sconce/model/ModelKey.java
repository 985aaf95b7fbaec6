package dev.sconce.model;

/**
 * One version of a model.
 *
 * @param name as in {@code siamese}
 * @param version as in {@code 1.0}
 */
public record ModelKey(String name, String version) {}
