/**
 * Reads {@code config.properties}, the command line's overrides and the environment into the rooms'
 * settings records. The one place that knows the names of the keys. May see the rooms whose
 * settings it makes, {@code json} and {@code error}.
 */
@NullMarked
package dev.sconce.config;

import org.jspecify.annotations.NullMarked;
