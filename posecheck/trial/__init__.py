"""One recording of one test: repetitions, holds, quality, end range, and its result."""
