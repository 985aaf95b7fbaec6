/**
 * Turns weights into networks: infers the architecture from the keys and shapes of a state dict and
 * writes it as a TorchScript archive, with the operators and the number format that suit the
 * device. May see {@code weights} and {@code error}; knows nothing of the engine that will run it.
 */
@NullMarked
package dev.sconce.network;

import org.jspecify.annotations.NullMarked;
