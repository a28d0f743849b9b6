"""Video in and out: files, cameras, recording; pictures with their true times."""
