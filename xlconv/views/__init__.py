"""Views: each a function from data to one sheet, in the module of its own name."""

VIEWS = (
    "contents",
    "why",
    "distribute",
    "collect",
    "gniddap",
    "sedirts",
    "one_dimension",
    "channels",
    "matrix",
    "gradient",
    "convolution",
    "playground",
    "phases",
    "evenness",
    "overlap",
    "checkerboard",
    "upsampling",
    "bilinear",
    "output_padding",
    "frameworks",
    "sizes",
    "code",
    "difference",
    "network",
    "learning",
    "ripple",
)
"""Every view; named here so that the command line can offer them before it imports any."""

PHASED = ("phases", "checkerboard", "upsampling", "bilinear")
"""Those in which a tint is a phase of the output, and not a weight."""

EXCERPTS = ("distribute", "collect", "difference")
"""Those that show an excerpt of a larger layer."""
