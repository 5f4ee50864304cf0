"""Trains the model from the weights and on the batches that come on stdin; prints what it makes of each, as JSON."""

import json
import os
import sys

os.environ["TF_USE_LEGACY_KERAS"] = "1"
import numpy as np
import tensorflow.compat.v1 as tf

from model import LSTMModel

tf.disable_eager_execution()
given = json.load(sys.stdin)
weights = [np.array(w["data"], np.float32).reshape(w["shape"]) for w in given["weights"]]
embeddings, kernel, recurrent, bias, output_w, output_b = weights
words, embedding = embeddings.shape
units, classes = output_w.shape
batches = [(np.array(b["ids"]).reshape(len(b["labels"]), -1), b["labels"]) for b in given["batches"]]

model = LSTMModel(batches[0][0].shape[1], words, classes, embedding, units, given["learningRate"])


def gates_of_basic_lstm_cell(keras):
    """Keras has input, forget, candidate, output; BasicLSTMCell input, candidate, forget, output."""
    i, f, c, o = np.split(keras, 4, axis=-1)
    return np.concatenate([i, c, f, o], axis=-1)


# BasicLSTMCell adds 1 to the forget gate, Keras has that 1 in the bias
shift = np.concatenate([np.zeros(2 * units), np.ones(units), np.zeros(units)]).astype(np.float32)
values = {
    "embeddings:0": embeddings,
    "rnn/basic_lstm_cell/kernel:0": gates_of_basic_lstm_cell(np.concatenate([kernel, recurrent])),
    "rnn/basic_lstm_cell/bias:0": gates_of_basic_lstm_cell(bias) - shift,
    "output_w:0": output_w,
    "output_b:0": output_b,
}
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for variable in tf.trainable_variables():
        variable.load(values[variable.name], session)
    steps = []
    for ids, labels in batches:
        names = ["logits", "softmax", "loss", "cost"]
        fetches = {name: getattr(model, name) for name in names} | {"train": model.train}
        found = session.run(fetches, {model.ids: ids, model.target: labels})
        steps.append({name: np.asarray(found[name]).tolist() for name in names})
print(json.dumps({"version": tf.__version__, "steps": steps}))
