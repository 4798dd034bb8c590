"""The command line: options in, files and messages out."""
