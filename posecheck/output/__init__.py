"""Results as files: tables, pictures, video, formats of other programs. Computes no angles and no statistics."""
