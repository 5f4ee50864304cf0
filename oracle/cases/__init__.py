"""The cases that are recorded: designed ones, and those of TensorFlow's and PyTorch's own tests."""
