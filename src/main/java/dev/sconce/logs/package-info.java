/**
 * Where the server's log goes: standard output and TorchServe's five files. Knows Logback; all
 * other rooms know SLF4J. May see {@code error}.
 */
@NullMarked
package dev.sconce.logs;

import org.jspecify.annotations.NullMarked;
