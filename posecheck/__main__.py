"""``python -m posecheck``: the same command without its script on the PATH."""

from posecheck.cli import main

if __name__ == "__main__":
    main()
