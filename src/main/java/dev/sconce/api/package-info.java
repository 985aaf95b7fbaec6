/**
 * The three APIs: routes, parameters and bodies on one side, the model room's calls on the other.
 * Translates; decides nothing about models. The only room that knows status numbers. May see {@code
 * http}, {@code model}, {@code handler}, {@code metrics}, {@code json} and {@code error}.
 */
@NullMarked
package dev.sconce.api;

import org.jspecify.annotations.NullMarked;
