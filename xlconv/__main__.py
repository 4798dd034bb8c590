"""`python -m xlconv`, the same as `xlconv`."""

from xlconv.cli import main

if __name__ == "__main__":
    main()
