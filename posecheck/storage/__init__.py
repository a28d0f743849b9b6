"""People, sessions, recordings and jobs of the local web app: a database and a folder of files beside it."""
