/**
 * The command line: what a user types becomes calls of the rooms below, and what they answer
 * becomes text and an exit code. May see the root package, {@code config}, {@code archive}, {@code
 * logs} and {@code error}.
 */
@NullMarked
package dev.sconce.cli;

import org.jspecify.annotations.NullMarked;
