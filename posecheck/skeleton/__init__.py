"""From the model's body points to true joint centres, and from these to one body with constant bones."""
