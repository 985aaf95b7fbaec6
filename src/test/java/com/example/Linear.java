package com.example;

import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Answers three numbers to a row of numbers, and has something to say of itself. */
public final class Linear implements Handler<double[], double[]> {
  @Override
  public void initialize(HandlerContext context) {}

  @Override
  public double[] preprocess(Input input) {
    String list = input.require("body").text().strip();
    return Stream.of(list.substring(1, list.length() - 1).split(","))
        .mapToDouble(Double::parseDouble)
        .toArray();
  }

  @Override
  public List<double[]> inference(List<double[]> batch) {
    return batch.stream()
        .map(row -> DoubleStream.of(0.5, -1.25, 2).map(w -> w * DoubleStream.of(row).sum()))
        .map(DoubleStream::toArray)
        .toList();
  }

  @Override
  public Output postprocess(Input input, double[] result) {
    return Output.json(result);
  }

  @Override
  public Map<String, Object> describe() {
    return new TreeMap<>(Map.of("data1", "1", "data2", "2"));
  }
}
