"""Records what Keras 2 (tf_keras) and Keras 3 make of their losses, for the tests of xent/keras."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf

# two devices, for the strategy of facts.py; all else runs on the first
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)
