/**
 * The built-in handlers: pictures in, answers out. May see {@code handler}, {@code image}, {@code
 * torch}, {@code network}, {@code weights}, {@code json} and {@code error}. Native memory is made
 * and freed inside one inference.
 */
@NullMarked
package dev.sconce.vision;

import org.jspecify.annotations.NullMarked;
