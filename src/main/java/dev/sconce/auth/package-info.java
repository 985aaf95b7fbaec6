/** Who may call what. May see {@code http}, {@code json} and {@code error}. */
@NullMarked
package dev.sconce.auth;

import org.jspecify.annotations.NullMarked;
