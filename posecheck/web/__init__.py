"""The local web app: pages and a JSON API over the same core as the command line, on this machine alone."""
