/**
 * The wiring: builds the rooms from the configuration, starts them, closes them in reverse order.
 */
@NullMarked
package dev.sconce;

import org.jspecify.annotations.NullMarked;
