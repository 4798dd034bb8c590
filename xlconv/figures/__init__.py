"""What the views share: where figures stand, a layer's blocks and their words, sums, the looked-at cell."""
