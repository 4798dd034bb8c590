"""Why the output of another program differs from a layer's own."""
