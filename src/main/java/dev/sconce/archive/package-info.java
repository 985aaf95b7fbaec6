/**
 * What a model is on disk: archives ({@code .mar}, {@code .tar.gz}, plain directories), their
 * manifest and configuration, the store they lie in and come into, and the writer behind {@code
 * torch-model-archiver}. May see {@code error}. Nothing here runs what an archive holds, and
 * everything an archive says is checked before it is believed.
 */
@NullMarked
package dev.sconce.archive;

import org.jspecify.annotations.NullMarked;
