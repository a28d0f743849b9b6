"""Body points of a person in each picture, from a pose model, and which person to follow."""
