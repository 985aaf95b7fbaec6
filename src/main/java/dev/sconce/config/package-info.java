/**
 * Reads {@code config.properties} and the command line's overrides into the rooms' settings
 * records. The one place that knows the names of the keys. May see the rooms whose settings it
 * makes.
 */
@NullMarked
package dev.sconce.config;

import org.jspecify.annotations.NullMarked;
