/** The failures of the server. Imports nothing; every room but {@code metrics} may see it. */
@NullMarked
package dev.sconce.error;

import org.jspecify.annotations.NullMarked;
