"""python -m charaface: the command line."""

from charaface.cli import main

if __name__ == "__main__":
    main()
