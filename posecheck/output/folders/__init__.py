"""What lies in a result folder, and how it is written whole."""
