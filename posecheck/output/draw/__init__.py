"""Pictures and videos: the skeleton, angles and words drawn, faces blurred."""
