"""The text classifier as TensorFlow 1.x has it. Runs on TensorFlow 2 with tf_keras and TF_USE_LEGACY_KERAS=1."""

import tensorflow.compat.v1 as tf


class LSTMModel:
    def __init__(self, length, words, classes, embedding, units, learning_rate):
        self.ids = tf.placeholder(tf.int32, [None, length])
        self.target = tf.placeholder(tf.int32, [None])

        embeddings = tf.get_variable("embeddings", [words, embedding])
        cell = tf.nn.rnn_cell.BasicLSTMCell(units)
        outputs, _ = tf.nn.dynamic_rnn(cell, tf.nn.embedding_lookup(embeddings, self.ids), dtype=tf.float32)
        output = outputs[:, -1]
        output_w = tf.get_variable("output_w", [units, classes])
        output_b = tf.get_variable("output_b", [classes], initializer=tf.zeros_initializer())

        self.logits = tf.matmul(output, output_w) + output_b
        self.softmax = tf.nn.softmax(self.logits)
        with tf.name_scope("loss"):
            self.loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=self.target, logits=self.logits + 1e-10)
            self.cost = tf.reduce_mean(self.loss)
        self.train = tf.train.GradientDescentOptimizer(learning_rate).minimize(self.cost)
