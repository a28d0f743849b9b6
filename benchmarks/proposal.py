"""How often the proposed test and side are right on the sample videos.

    python -m benchmarks.proposal

The limits of `posecheck.trial.proposal` were chosen with these very videos in view, so this says that the rules are
kept, not how often they hold for other people and rooms.
"""

from __future__ import annotations

import argparse

from posecheck.pipeline import read_recording
from posecheck.session import read_session
from posecheck.settings import find_samples_dir
from posecheck.trial.proposal import propose_test


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    right = 0
    print("| video | proposal | confidence | right |\n|---|---|---:|---|")
    planned = read_session(find_samples_dir()).trials
    for plan in planned:
        proposal = propose_test(read_recording(plan.file))
        good = (proposal.movement, proposal.side) == (plan.movement.name, plan.side)
        right += good
        print(
            f"| {plan.file.stem} | {proposal.words} | {proposal.confidence:.2f} | {'yes' if good else 'no'} |",
            flush=True,
        )
    print(f"\n{right} of {len(planned)} right.")


if __name__ == "__main__":
    main()
