"""All that knows PyTorch, TensorFlow, Keras, JAX, ONNX and MXNet."""
