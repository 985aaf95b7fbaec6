/**
 * Service envelopes: a request with several instances → one input each → the results, joined into
 * one answer in the form that the envelope asks for. Stands around any handler that answers JSON.
 * May see {@code handler}, {@code json} and {@code error}.
 */
@NullMarked
package dev.sconce.envelope;

import org.jspecify.annotations.NullMarked;
