"""Background work: reading, measuring and drawing in processes of their own."""
