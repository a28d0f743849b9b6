"""What every page rests on: the app, who may come in, errors, rendering, settings."""
