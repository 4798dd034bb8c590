"""What is computed: geometry, layers and convolutions with their numbers, and the model."""
