"""posecheck's own drawings of tests, stretches, grips and camera places, as inline SVG."""
