"""Filming with a camera, guided live."""
