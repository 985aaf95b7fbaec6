/**
 * NumPy's files of one array ({@code .npy}), read and written; data alone, nothing of what they may
 * hold pickled. Imports no other room.
 */
@NullMarked
package dev.sconce.npy;

import org.jspecify.annotations.NullMarked;
