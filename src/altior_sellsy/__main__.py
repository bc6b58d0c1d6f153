"""`python -m altior_sellsy`: the command line."""

from altior_sellsy.cli import main

if __name__ == "__main__":
    main()
