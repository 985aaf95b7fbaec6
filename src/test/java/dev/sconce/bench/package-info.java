/**
 * The tools in Java that {@code scripts/bench} drives, and benchmarks of single steps. Compiled in
 * every build; none of them is a test.
 */
@NullMarked
package dev.sconce.bench;

import org.jspecify.annotations.NullMarked;
