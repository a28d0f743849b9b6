"""Body points of a person in each picture, from a pose model, and whom to follow."""
