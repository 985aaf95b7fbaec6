/**
 * What Amazon SageMaker asks of a container, and what its runtime client asks of SageMaker, as
 * routes in front of the model room: translates, and knows no worker. Sees {@code http}, {@code
 * api}, {@code model}, {@code handler}, {@code json} and {@code error}.
 */
@NullMarked
package dev.sconce.sagemaker;

import org.jspecify.annotations.NullMarked;
