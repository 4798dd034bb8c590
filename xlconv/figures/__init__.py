"""What the views share: blocks with their captions, sums, the looked-at cell."""
