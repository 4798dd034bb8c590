"""What the views share: where figures stand, a layer's blocks and words, sums, controls."""
