"""Training of the learned correction on rendered pictures, and what each part of it gains and costs."""
