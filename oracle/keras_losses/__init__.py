"""Records what Keras 2 (tf_keras) and Keras 3 make of their losses, for the tests of xent/keras."""
