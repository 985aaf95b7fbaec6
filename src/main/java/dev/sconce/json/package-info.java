/**
 * The two JSON layouts of the contract: what Python's {@code json.dumps(value, indent=2)} writes
 * and what TorchServe's management API writes; the JSON that requests bring; numbers as Python
 * writes them. Imports no other room.
 */
@NullMarked
package dev.sconce.json;

import org.jspecify.annotations.NullMarked;
