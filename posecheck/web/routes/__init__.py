"""The routes, one file a subject: thin, they check what came in and call the module that does the work."""
