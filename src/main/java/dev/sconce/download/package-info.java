/**
 * Fetching what a URL names, as far as the configuration allows: over HTTP, over HTTPS with the
 * certificates checked, or from a file. Here it is decided which URLs are taken at all, within
 * which bounds of size and time, and where redirects and links may lead. What becomes of the bytes
 * is decided elsewhere. May see {@code error}.
 */
@NullMarked
package dev.sconce.download;

import org.jspecify.annotations.NullMarked;
