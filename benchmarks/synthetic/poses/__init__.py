"""Poses for rendered bodies: the tests with chosen angles, everyday poses, and recorded motion."""
